import { accumulate, type Accumulated, type Delta, ModelStreamError } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import {
  type ChunkIssue,
  chatCompletionChunk,
  createChecker,
  textCompletionChunk,
} from '@tesserae/openai/schema'
import { otherApis } from './scenes.ts'
import { countWhere, type TapeEnd } from './tape.ts'

type Usage = Extract<Delta, { type: 'usage' }>['usage']

/** A stretch of a text, and what had come when it was there. */
interface Piece {
  readonly known: number
  /** Where in the text it ends, in units. */
  readonly end: number
}

/** A text of the message that grows: what somebody says, or the arguments of a call. */
export interface Part {
  readonly key: string
  readonly choice: number
  readonly type: 'content' | 'reasoning' | 'refusal' | 'tool-call'
  readonly toolCall?: number
  readonly id?: string
  readonly name?: string
  /** What had come when it began. */
  readonly known: number
  readonly pieces: Piece[]
  text: string
}

/** Something that is said once. */
type Said<T> = T & { readonly known: number }

/** What accumulating came to. */
export interface Outcome {
  /** Missing where there was no stream at all. */
  readonly result?: Accumulated
  readonly failure: ModelStreamError | undefined
}

export interface MessageSettings {
  readonly status: number
  readonly contentType: string
  readonly dialect: string
  readonly maxEventBytes?: number | undefined
}

/** What the accumulator says of a stream, piece by piece, with what had come when it said it. */
export class MessageLog {
  readonly parts: Part[] = []
  readonly finishes: Said<{ readonly choice: number; readonly reason: string }>[] = []
  readonly usages: Said<{ readonly usage: Usage }>[] = []
  readonly toolEnds: Said<{ readonly part: Part; readonly partial: boolean }>[] = []
  readonly issues: Said<ChunkIssue>[] = []
  /** What each delta was, in order: what an event added. */
  readonly added: Said<{
    readonly type: Delta['type']
    readonly part?: Part
    readonly length: number
  }>[] = []
  issueCount = 0
  outcome: Outcome | undefined
  /** What had come when it read no further: `Infinity`, if it read to the end. */
  stoppedAt: number | undefined
  readonly finished: Promise<void>
  readonly #feed = new Feed()

  constructor(settings: MessageSettings) {
    this.finished = this.#run(settings)
  }

  /** Takes bytes up to the offset `known`. No more than one event may end in them. */
  push(bytes: Uint8Array, known: number): void {
    this.#feed.push({ bytes, known })
  }

  end(end: TapeEnd): void {
    this.#feed.end(end)
  }

  async #run(settings: MessageSettings): Promise<void> {
    const check = checkerOf(settings, (issue) => {
      this.issueCount++
      if (this.issues.length < 1000) this.issues.push({ ...issue, known: this.#feed.known })
    })
    try {
      const result = await accumulate(responseOf(settings, this.#feed.stream()), {
        ...readingOf(settings),
        signal: this.#feed.signal,
        incomplete: 'return',
        onDelta: (delta) => this.#add(delta, this.#feed.known),
        check,
      })
      this.outcome = { result, failure: result.failure }
    } catch (error) {
      if (!(error instanceof ModelStreamError)) throw error
      this.outcome = { failure: error }
    }
    this.stoppedAt = this.#feed.known
  }

  #add(delta: Delta, known: number): void {
    let part: Part | undefined
    let length = 0
    if (delta.type === 'usage') this.usages.push({ usage: delta.usage, known })
    else if (delta.type === 'finish')
      this.finishes.push({ choice: delta.choice, reason: delta.reason, known })
    else if (isPartOfText(delta)) {
      part = this.#partOf(delta, known)
      if (delta.type === 'tool-call-end')
        this.toolEnds.push({ part, partial: delta.partial, known })
      else if (delta.type !== 'tool-call-begin') {
        length = delta.delta.length
        part.text += delta.delta
        part.pieces.push({ known, end: part.text.length })
      }
    }
    this.added.push({ type: delta.type, known, length, ...(part && { part }) })
  }

  #partOf(delta: TextDelta, known: number): Part {
    const { choice } = delta
    const isCall = 'toolCall' in delta
    const type = isCall ? 'tool-call' : delta.type
    const key = isCall ? `${choice} ${type} ${delta.toolCall}` : `${choice} ${type}`
    // The last of its kind goes on: reasoning, text and reasoning again are two stretches of one text.
    const found = this.parts.findLast((part) => part.key === key)
    if (found) return found
    const part: Part = {
      key,
      choice,
      type,
      known,
      pieces: [],
      text: '',
      ...(isCall && { toolCall: delta.toolCall }),
      ...(delta.type === 'tool-call-begin' && { id: delta.id, name: delta.name }),
    }
    this.parts.push(part)
    return part
  }
}

/** Deltas that the page shows as text. */
type TextDelta = Extract<
  Delta,
  {
    type:
      | 'content'
      | 'refusal'
      | 'reasoning'
      | 'tool-call-begin'
      | 'tool-call-arguments'
      | 'tool-call-end'
  }
>

function isPartOfText(delta: Delta): delta is TextDelta {
  return /^(content|refusal|reasoning|tool-call-.*)$/.test(delta.type)
}

/** How much of a text had come with so many bytes. */
export function lengthAt(part: Part, offset: number): number {
  return part.pieces[countWhere(part.pieces, ({ known }) => known <= offset) - 1]?.end ?? 0
}

/** The stretch of a text that came with the event which was known at an offset. */
export function stretchAt(part: Part, known: number): { from: number; to: number } | undefined {
  const first = countWhere(part.pieces, (piece) => piece.known < known)
  const behind = countWhere(part.pieces, (piece) => piece.known <= known)
  if (first === behind) return undefined
  return { from: part.pieces[first - 1]?.end ?? 0, to: part.pieces[behind - 1]!.end }
}

/** What had come when a place in a text was there. */
export function knownOf(part: Part, unit: number): number | undefined {
  return part.pieces[countWhere(part.pieces, ({ end }) => end <= unit)]?.known
}

/** The message and the verdict, were a stream to end behind these bytes. */
export async function judge(bytes: Uint8Array, settings: MessageSettings): Promise<Outcome> {
  try {
    const source = responseOf(settings, bytes as Uint8Array<ArrayBuffer>)
    const result = await accumulate(source, {
      ...readingOf(settings),
      incomplete: 'return',
    })
    return { result, failure: result.failure }
  } catch (error) {
    if (error instanceof ModelStreamError) return { failure: error }
    throw error
  }
}

function readingOf({ dialect, maxEventBytes }: MessageSettings): object {
  return { maxEventBytes, ...(dialect === 'crucible' && { dialect: crucible }) }
}

/** The response as it came. Some kinds have no body, and cannot be made with one. */
export function responseOf(
  { status, contentType }: MessageSettings,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
): Response {
  const headers: Record<string, string> = contentType === '' ? {} : { 'content-type': contentType }
  const hasNone = status === 204 || status === 205 || status === 304
  return new Response(hasNone ? null : (body as BodyInit), { status, headers })
}

/** Holds chunks to what is documented. Another dialect documents something else. */
function checkerOf(
  { dialect }: MessageSettings,
  onIssue: (issue: ChunkIssue) => void,
): ((chunk: object) => unknown) | undefined {
  if (dialect === 'crucible' || Object.hasOwn(otherApis, dialect)) return undefined
  const chat = createChecker({ onIssue, keep: 0, schema: chatCompletionChunk })
  const text = createChecker({ onIssue, keep: 0, schema: textCompletionChunk })
  return (chunk) =>
    (chunk as { object?: unknown }).object === 'text_completion'
      ? text.check(chunk)
      : chat.check(chunk)
}

interface Fed {
  readonly bytes: Uint8Array
  readonly known: number
}

/** Hands bytes on one by one, as they are asked for, so that what is said next was said because of them. */
class Feed {
  /** What had come with the bytes that were handed on last. */
  known = 0
  readonly #aborter = new AbortController()
  readonly signal: AbortSignal = this.#aborter.signal
  #waiting: Fed[] = []
  #at = 0
  #end: TapeEnd | undefined
  #wake: (() => void) | undefined

  push(fed: Fed): void {
    this.#waiting.push(fed)
    this.#wake?.()
  }

  end(end: TapeEnd): void {
    this.#end = end
    this.#wake?.()
  }

  stream(): ReadableStream<Uint8Array> {
    // Nothing is asked for ahead of its time.
    return new ReadableStream(
      { pull: (controller) => this.#pull(controller) },
      { highWaterMark: 0 },
    )
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const fed = this.#waiting[this.#at]
      if (fed) {
        this.#at++
        if (this.#at === this.#waiting.length) {
          this.#waiting = []
          this.#at = 0
        }
        this.known = fed.known
        controller.enqueue(fed.bytes)
        return
      }
      if (this.#end) {
        this.known = Infinity
        const { how, error } = this.#end
        if (how === 'closed') controller.close()
        else if (how === 'failed') controller.error(error)
        else this.#aborter.abort(error)
        return
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
  }
}
