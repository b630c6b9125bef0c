/**
 * Standing, claim and seal: how a log stands, who may write to it, and how others end it.
 *
 * - A claim and a seal are one append each. A claim and an end in two steps would let readers that find a lost producer
 *   at the same time exclude each other for ever.
 * - After its mark is stored a claimer looks at the log again. Only then can nothing of an earlier epoch follow.
 * - The first end in the order of places counts. A seal can follow the producer's own end, and a mark can follow either:
 *   their authors read the log before the end was stored.
 * - A log begins in epoch 1, so that only one of several starts is stored. A takeover moves the epoch by a random number. If
 *   the store forgets it, the next takeover does not use its places again, where readers would not look.
 */
import { baseOf, controlOf, endIn, endOf, markOf, split, stepOf } from './blocks.ts'
import type { Entry, Log, Standing } from './log.ts'
import { ask } from './patience.ts'
import { compare } from './place.ts'
import type { EndReason } from './types.ts'

const FIRST_LOOK = 4
const GROWTH = 8

export async function standing(log: Log): Promise<Standing> {
  for (let limit = FIRST_LOOK; ; limit *= GROWTH) {
    const entries = await ask(log, () => log.store.last(log.name, limit))
    const found = read(entries, entries.length < limit)
    if (found) return found
  }
}

/** @param isAll - whether the log has no more entries than these */
function read(entries: readonly Entry[], isAll: boolean): Standing | undefined {
  const [newest] = entries
  if (!newest)
    return { newest, epoch: 0, number: 0, recordEpoch: 0, token: undefined, ended: undefined }
  const first = controlOf(newest)
  const token = first.kind === 'mark' ? first.token : undefined
  let sealed: EndReason | undefined
  for (const entry of entries) {
    const control = controlOf(entry)
    if (control.kind === 'seal') sealed = control.reason
    if (control.kind !== 'records') continue
    const { number, body } = entry
    const ended = endIn(split(body).at(-1) as string) ?? sealed
    return { newest, epoch: newest.epoch, number, recordEpoch: entry.epoch, token, ended }
  }
  if (!isAll) return undefined
  const oldest = controlOf(entries.at(-1) as Entry)
  const number = oldest.kind === 'mark' ? baseOf(oldest.token) : 0
  return { newest, epoch: newest.epoch, number, recordEpoch: 0, token, ended: sealed }
}

/** The epoch that a claim won, with the log as it stood then. */
export interface Claimed {
  readonly epoch: number
  /** The number of the last record before the claim. */
  readonly number: number
  /** The epoch of that record, or 0. */
  readonly recordEpoch: number
  /** Whether there was a log. */
  readonly isTakeover: boolean
}

/** @returns `undefined` if the log is over, or another producer has it */
export async function claim(log: Log, takeover: boolean): Promise<Claimed | undefined> {
  const token = log.platform.token()
  let isTakeover = false
  for (;;) {
    const before = await standing(log)
    if (before.ended !== undefined) return undefined
    if (before.token === token) return { ...before, isTakeover }
    if (before.newest && !takeover) return undefined
    isTakeover = before.newest !== undefined
    const place = { epoch: isTakeover ? before.epoch + stepOf(token) : 1, number: 0 }
    const options = { create: !isTakeover, keep: log.keep }
    const answer = await ask(log, () => log.store.append(log.name, place, markOf(token), options))
    if (answer === 'stored') {
      log.ring(place.epoch)
      const after = await standing(log)
      const isOver = after.ended !== undefined || after.epoch > place.epoch
      return isOver ? undefined : { ...after, isTakeover }
    }
    // Refused: another one was faster, or an answer was lost and the mark is mine. Gone: the log vanished meanwhile.
  }
}

/** Ends a log that another producer has, and waits until it is over. */
export async function stop(log: Log): Promise<void> {
  while (!(await seal(log, await standing(log), 'stopped', true)));
}

/**
 * What a reader does about a producer that was silent for `lease`.
 *
 * @param newest - the newest entry that the reader knows
 * @returns `forgotten` if the log no longer has that entry
 */
export async function sealLost(log: Log, newest: Entry): Promise<'go on' | 'forgotten'> {
  const now = await standing(log)
  if (!now.newest) return 'forgotten'
  const order = compare(now.newest, newest)
  if (order < 0 || (order === 0 && now.newest.body !== newest.body)) return 'forgotten'
  // A refusal, like an entry that the reader does not know yet, is a sign of life.
  if (order === 0) await seal(log, now, 'lost', false)
  return 'go on'
}

/** One append that is claim and end at once. @returns whether the log is over */
async function seal(
  log: Log,
  { ended, epoch }: Standing,
  reason: EndReason,
  create: boolean,
): Promise<boolean> {
  if (ended !== undefined) return true
  const place = { epoch: epoch + 1, number: 0 }
  const options = { create, keep: log.keep }
  const answer = await ask(log, () => log.store.append(log.name, place, endOf(reason), options))
  if (answer === 'stored') log.ring(place.epoch)
  return answer === 'stored'
}
