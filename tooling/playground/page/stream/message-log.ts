import type { SseEvent } from '@tesserae/parser'
import { countWhere, type TapeEnd } from './tape.ts'

/** A stretch of a text, and how many bytes had come when it was there. */
interface Piece {
  readonly known: number
  /** Where in the text it ends, in units. */
  readonly end: number
}

export type PartType = 'content' | 'reasoning' | 'refusal' | 'tool-call'

/** A text of the message that grows: what the model says, or the arguments of a call. */
export interface Part {
  readonly key: string
  readonly choice: number
  readonly type: PartType
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** How many bytes had come when it began. */
  readonly known: number
  readonly pieces: Piece[]
  text: string
}

/** Something that the stream says once. */
type Said<T> = T & { readonly known: number }

export type AddedType = PartType | 'tool-call-begin' | 'finish' | 'usage'

/** The error that a server sent. */
export interface SentError {
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | number | undefined
  readonly param?: unknown
  readonly status?: unknown
}

/** Why reading stopped: a typed error of the packages has this shape. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly cause?: unknown
  /** What could not be read. */
  readonly data?: string | undefined
  readonly error?: SentError | undefined
}

export interface VerdictNote {
  readonly code: string
  readonly count: number
  readonly choice?: number | undefined
  readonly toolCall?: number | undefined
}

/** Whether the message is whole. */
export interface MessageVerdict {
  readonly complete: boolean
  readonly reason?: string | undefined
  readonly notes: readonly VerdictNote[]
  readonly partialToolCalls: readonly { readonly choice: number; readonly toolCall: number }[]
}

/** What reading a stream came to. Plain events have no verdict and no message. */
export interface Outcome {
  readonly verdict?: MessageVerdict | undefined
  readonly message?: unknown
  readonly failure?: Failure | undefined
}

export interface Issue {
  readonly message: string
  readonly chunk: number
}

/** What the message of a stream is made of, with how many bytes had come when each piece was there. */
export class MessageLog {
  readonly parts: Part[] = []
  readonly finishes: Said<{ readonly choice: number; readonly reason: string }>[] = []
  readonly usages: Said<{ readonly usage: object }>[] = []
  /** Tool calls that ended, and whether they did before their arguments were whole. */
  readonly toolEnds: Said<{ readonly part: Part; readonly partial: boolean }>[] = []
  readonly issues: Said<Issue>[] = []
  /** What each event added, in order. */
  readonly added: Said<{
    readonly type: AddedType
    readonly part?: Part
    readonly length: number
  }>[] = []
  outcome: Outcome | undefined
  /** How many bytes had come when it read no further: `Infinity`, if it read to the end. */
  stoppedAt: number | undefined

  /** Adds to the last text of a key, or begins one. */
  text(
    known: number,
    {
      key,
      choice,
      type,
    }: { readonly key: string; readonly choice: number; readonly type: PartType },
    delta: string,
  ): void {
    if (delta === '') return
    const part = this.#partOf(known, { key, choice, type })
    part.text += delta
    part.pieces.push({ known, end: part.text.length })
    this.added.push({ type, known, length: delta.length, part })
  }

  call(
    known: number,
    call: {
      readonly key: string
      readonly choice: number
      readonly id?: string | undefined
      readonly name?: string | undefined
    },
  ): void {
    const part = this.#partOf(known, { ...call, type: 'tool-call' })
    this.added.push({ type: 'tool-call-begin', known, length: 0, part })
  }

  callEnd(known: number, key: string, partial: boolean): void {
    const part = this.parts.findLast((part) => part.key === key)
    if (part) this.toolEnds.push({ part, partial, known })
  }

  finish(known: number, choice: number, reason: string): void {
    this.finishes.push({ choice, reason, known })
    this.added.push({ type: 'finish', known, length: 0 })
  }

  usage(known: number, usage: object): void {
    this.usages.push({ usage, known })
    this.added.push({ type: 'usage', known, length: 0 })
  }

  #partOf(known: number, named: Omit<Part, 'known' | 'pieces' | 'text'>): Part {
    const found = this.parts.findLast((part) => part.key === named.key)
    if (found) return found
    const part: Part = { ...named, known, pieces: [], text: '' }
    this.parts.push(part)
    return part
  }
}

/** Reads one protocol into a log. */
export interface MessageReader {
  /** Takes bytes up to the offset `known`, and the event that they end, if they end one. */
  push(bytes: Uint8Array, known: number, event: SseEvent | undefined): void
  end(end: TapeEnd): void
  /** Settles when everything has been read. */
  readonly finished: Promise<void>
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

/** How many bytes had come when a place in a text was there. */
export function knownOf(part: Part, unit: number): number | undefined {
  return part.pieces[countWhere(part.pieces, ({ end }) => end <= unit)]?.known
}
