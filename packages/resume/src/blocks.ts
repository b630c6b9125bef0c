/**
 * What an entry holds: SSE text in blocks, each ended by a blank line. Any SSE parser reads a log as events and comments.
 *
 * | entry   | place                            | blocks |
 * | ------- | -------------------------------- | ------ |
 * | mark    | `<epoch>-0`                      | `:w <token>`: a producer claims the log, in epoch 1, or a random number of epochs beyond the last one |
 * | records | `<epoch>-<number of the last>`   | one block a record: an event as `encode()` writes it, `:b` (a beat), `:a <epoch>` (a takeover goes on after the records of that epoch), or `:t {"reason":"…"}` (the end, by the producer) |
 * | seal    | `<epoch + 1>-0`                  | `:t {"reason":"…"}`: the end, by anyone else |
 *
 * Records are numbered consecutively through all epochs. The first number is derived from the token of the log's first
 * mark, so that the ids of a log do not fit a later log of the same name. The epoch of a takeover is random for the same reason:
 * if the store forgets a takeover, the next one has other places. The first record of a takeover names the epoch that the
 * last record before it has, so a reader knows whether that is the record that it read last.
 *
 * `encode()` writes no blank line except the last, and no event that begins with a colon. So a body can be split at blank
 * lines, and a control block cannot be mistaken for an event.
 */
import type { SseEventInit } from '@tesserae/encoder'
import type { Entry, Place } from './store.ts'
import type { EndReason } from './types.ts'

export const BEAT = ':b\n\n'

/** How many digits of a token decide where numbers begin: 36 ** 8 is below 3e12, which leaves room in 15 digits. */
const DIGITS = 8

/** A seal moves the epoch by 1, so a takeover moves it by 2 at least. 15 digits are enough for 230,000 takeovers of a log. */
const LEAST_STEP = 2
const STEPS = 2 ** 32

export function markOf(token: string): string {
  return `:w ${token}\n\n`
}

export function endOf(reason: EndReason): string {
  return `:t ${JSON.stringify({ reason })}\n\n`
}

export function linkOf(epoch: number): string {
  return `:a ${epoch}\n\n`
}

/** Whether an entry has records. Otherwise it is a mark or a seal. */
export function hasRecords({ number }: Place): boolean {
  return number > 0
}

/** The token, if an entry is a mark. */
export function tokenIn({ body }: Entry): string | undefined {
  return body.startsWith(':w ') ? body.slice(3, -2) : undefined
}

/** The reason, if a block is the end of the log, as a record or as a seal. */
export function endIn(block: string): EndReason | undefined {
  if (!block.startsWith(':t ')) return undefined
  return (JSON.parse(block.slice(3)) as { reason: EndReason }).reason
}

/** The number before the first record of a log with this oldest entry. 0: unknown, because the first mark is gone. */
export function baseOf(oldest: Entry): number {
  return digitsOf(tokenIn(oldest) ?? '0')
}

/** By how much a takeover with this token moves the epoch. */
export function stepOf(token: string): number {
  return LEAST_STEP + (digitsOf(token) % STEPS)
}

function digitsOf(token: string): number {
  return Number.parseInt(token.slice(0, DIGITS), 36)
}

/** Whether the records of an entry come right after the record at `last`, whose epoch is 0 before the first record. */
export function follows(entry: Entry, blocks: readonly string[], last: Place): boolean {
  if (entry.number - blocks.length !== last.number) return false
  const isSame = last.epoch === 0 || entry.epoch === last.epoch
  return isSame || blocks[0] === linkOf(last.epoch).trimEnd()
}

/** The blocks of a body, each without its blank line. */
export function split(body: string): string[] {
  return body.slice(0, -2).split('\n\n')
}

export function isEvent(block: string): boolean {
  return !block.startsWith(':')
}

/** The inverse of `encode()` for blocks without an id. @param id - the id that the event gets, if any */
export function decode(block: string, id?: string): SseEventInit {
  const event: { event?: string; data: string; id?: string; retry?: number } = { data: '' }
  let at = 0
  if (block.startsWith('event: ')) {
    const end = block.indexOf('\n')
    event.event = block.slice(7, end)
    at = end + 1
  }
  if (block.startsWith('retry: ', at)) {
    const end = block.indexOf('\n', at)
    event.retry = Number(block.slice(at + 7, end))
    at = end + 1
  }
  if (id !== undefined) event.id = id
  const data = block.slice(at + 6)
  event.data = data.includes('\n') ? data.replaceAll('\ndata: ', '\n') : data
  return event
}

/** How many bytes a well-formed text has in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Each half of a surrogate pair stands for two of the pair's four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}
