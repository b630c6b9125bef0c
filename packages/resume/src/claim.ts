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
import { baseOf, endIn, endOf, hasRecords, markOf, split, stepOf, tokenIn } from './blocks.ts'
import type { Entry, Log, Place, Standing } from './log.ts'
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
  let ended: EndReason | undefined
  for (const entry of entries) {
    // The oldest end counts. An end by the producer is the last of its records.
    ended = endIn(split(entry.body).at(-1) as string) ?? ended
    if (hasRecords(entry)) return { newest, last: entry, ended }
  }
  if (!isAll) return undefined
  const oldest = entries.at(-1)
  return { newest, last: { epoch: 0, number: oldest ? baseOf(oldest) : 0 }, ended }
}

function epochOf({ newest }: Standing): number {
  return newest?.epoch ?? 0
}

/** What a claim won. */
export interface Claimed {
  readonly epoch: number
  /** The last record before the claim. Its epoch is 0 if there is none. */
  readonly last: Place
  /** Whether there was a log. */
  readonly isTakeover: boolean
}

/** @returns `undefined` if the log is over, or another producer has it */
export async function claim(log: Log, takeover: boolean): Promise<Claimed | undefined> {
  const token = log.platform.token()
  let isTakeover = false
  for (;;) {
    const before = await standing(log)
    const { newest, last } = before
    if (before.ended !== undefined) return undefined
    if (newest && tokenIn(newest) === token) return { epoch: newest.epoch, last, isTakeover }
    if (newest && !takeover) return undefined
    isTakeover = newest !== undefined
    const place = { epoch: isTakeover ? epochOf(before) + stepOf(token) : 1, number: 0 }
    const options = { create: !isTakeover, keep: log.keep }
    const answer = await ask(log, () => log.store.append(log.name, place, markOf(token), options))
    if (answer === 'stored') {
      log.ring(place.epoch)
      const after = await standing(log)
      const isLate = after.ended !== undefined || epochOf(after) > place.epoch
      return isLate ? undefined : { epoch: place.epoch, last: after.last, isTakeover }
    }
    // Refused: another one was faster, or an answer was lost and the mark is mine. Gone: the log vanished meanwhile.
  }
}

/** Ends a log that another producer has, and waits until it is over. */
export async function stop(log: Log): Promise<void> {
  while (!(await seal(log, await standing(log), 'stopped', true)));
}

/**
 * Ends a log whose producer was silent for `lease`, if the newest entry is still the one that the reader knows. Another one, like
 * a refusal, is a sign of life, or the store has forgotten that entry.
 */
export async function sealLost(log: Log, known: Entry): Promise<void> {
  const now = await standing(log)
  const { newest } = now
  if (newest && compare(newest, known) === 0 && newest.body === known.body)
    await seal(log, now, 'lost', false)
}

/** One append that is claim and end at once. @returns whether the log is over */
async function seal(
  log: Log,
  before: Standing,
  reason: EndReason,
  create: boolean,
): Promise<boolean> {
  if (before.ended !== undefined) return true
  const place = { epoch: epochOf(before) + 1, number: 0 }
  const options = { create, keep: log.keep }
  const answer = await ask(log, () => log.store.append(log.name, place, endOf(reason), options))
  if (answer === 'stored') log.ring(place.epoch)
  return answer === 'stored'
}
