import type { Entry } from '../stream/event-log.ts'
import { type Part, stretchAt } from '../stream/message-log.ts'
import type { Recording } from '../stream/recording.ts'
import { countWhere } from '../stream/tape.ts'
import { tokensIn } from '../stream/timing.ts'

/** What colour something has, in all views: what it says. */
export type Tone =
  | 'plain'
  | 'content'
  | 'reasoning'
  | 'refusal'
  | 'tool'
  | 'finish'
  | 'usage'
  | 'done'
  | 'comment'
  | 'bad'

/** One moment of a stream: all that the views show is a function of this. */
export interface Moment {
  readonly recording: Recording
  readonly position: number
  /** How many bytes have come, and whether the end has. */
  readonly offset: number
  readonly hasEnded: boolean
  /** The event that is lit up, and whether the user chose it. */
  readonly focus: Entry | undefined
  readonly isChosen: boolean
  /** Whether more is expected. */
  readonly isMoving: boolean
}

/** What an event did to the message. */
interface Effect {
  readonly tone: Tone
  /** Texts that it added to. */
  readonly parts: readonly Part[]
}

const TONES: Readonly<Record<string, Tone>> = {
  content: 'content',
  reasoning: 'reasoning',
  refusal: 'refusal',
  'tool-call-begin': 'tool',
  'tool-call': 'tool',
  finish: 'finish',
  usage: 'usage',
}

const NOTHING: Effect = { tone: 'plain', parts: [] }

/** What an entry did, by what the accumulator said when it took it. */
export function effectOf({ message, events }: Recording, entry: Entry): Effect {
  if (entry.kind === 'comment' || entry.kind === 'retry') return { tone: 'comment', parts: [] }
  if (entry.kind === 'unknown' || entry.kind === 'cut') {
    const isBad = entry.kind === 'cut' || entry.text?.startsWith('error') === true
    return { tone: isBad ? 'bad' : 'comment', parts: [] }
  }
  const { added, outcome } = message
  const first = countWhere(added, ({ known }) => known < entry.known)
  const parts: Part[] = []
  let tone: Tone | undefined
  for (let index = first; added[index]?.known === entry.known; index++) {
    const { type, part } = added[index]!
    // Text counts for more than what comes along with it.
    const isText = part !== undefined
    if (tone === undefined || (isText && (tone === 'finish' || tone === 'usage')))
      tone = TONES[type]
    if (part && !parts.includes(part)) parts.push(part)
  }
  if (tone !== undefined) return { tone, parts }
  if (entry.event && /^\s*\[DONE\]/.test(entry.event.data)) return { tone: 'done', parts }
  const isLastTaken = outcome?.failure !== undefined && message.stoppedAt === entry.known
  if (isLastTaken || events.failure?.known === entry.known) return { tone: 'bad', parts }
  return NOTHING
}

/** What an event added, in a few words: the text itself, where it is text. */
export function addedBy({ message }: Recording, entry: Entry): string {
  const { added, usages, finishes } = message
  const words: string[] = []
  const first = countWhere(added, ({ known }) => known < entry.known)
  for (let index = first; added[index]?.known === entry.known && words.length < 8; index++) {
    const { type, part } = added[index]!
    if (type === 'tool-call-begin') words.push(`${part?.name ?? ''}(`)
    else if (type === 'usage') {
      const usage = usages.find(({ known }) => known === entry.known)?.usage
      const tokens = tokensIn(usage)
      words.push(tokens === undefined ? 'usage' : `usage: ${tokens} tokens written`)
    } else if (type === 'finish') {
      const finish = finishes.find(({ known }) => known === entry.known)
      words.push(`finish reason ${finish?.reason ?? ''}`)
    } else if (part) {
      const stretch = stretchAt(part, entry.known)
      if (stretch) words.push(JSON.stringify(part.text.slice(stretch.from, stretch.to)))
    }
  }
  return [...new Set(words)].join(' ')
}

/** Bytes of an event that are the text which it added. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A letter for each byte, to search in. */
const latin1 = new TextDecoder('latin1')
const encoder = new TextEncoder()
/** The text of a longer event is not looked for: it would hold up the page. */
const MOST_BYTES = 65_536
const found = new WeakMap<Entry, readonly Stretch[]>()

/** Where the text that an event added stands in its bytes, if it stands there once, as JSON. */
export function deltaBytes(recording: Recording, entry: Entry): readonly Stretch[] {
  const known = found.get(entry)
  if (known) return known
  if (entry.kind !== 'event' || entry.known > recording.tape.length) return []
  // The reader may follow the parser by a few microtasks; what it has not read yet is not kept.
  const { parts } = effectOf(recording, entry)
  if (parts.length === 0) return []
  const bytes = recording.tape.slice(entry.start, entry.end)
  const stretches =
    bytes.length > MOST_BYTES ? [] : parts.flatMap((part) => stretchIn(bytes, part, entry))
  const sorted = stretches.toSorted((one, other) => one.from - other.from)
  found.set(entry, sorted)
  return sorted
}

function stretchIn(bytes: Uint8Array, part: Part, { known, start }: Entry): Stretch[] {
  const stretch = stretchAt(part, known)
  if (!stretch) return []
  const wide = latin1.decode(bytes)
  const text = JSON.stringify(part.text.slice(stretch.from, stretch.to))
  const wanted = latin1.decode(encoder.encode(text))
  const at = wide.indexOf(wanted)
  if (at < 0 || wide.includes(wanted, at + 1)) return []
  return [{ from: start + at + 1, to: start + at + wanted.length - 1 }]
}
