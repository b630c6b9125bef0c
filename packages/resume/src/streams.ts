import { claim, standing, stop } from './claim.ts'
import { badName, badOption, unknownOption } from './errors.ts'
import { Follower } from './follower.ts'
import { Listeners } from './listeners.ts'
import type { Log } from './log.ts'
import { memoryStore } from './memory.ts'
import { ask } from './patience.ts'
import { platform as ownPlatform } from './platform.ts'
import { Producer } from './producer.ts'
import { type FindFollower, LogReader } from './reader.ts'
import { checkSource, discard } from './source.ts'
import type { Ending, Reader, ReadLogOptions, Streams, StreamsOptions } from './types.ts'

const LONGEST_NAME = 256
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

const DEFAULTS = {
  lease: 15_000,
  keep: 3_600_000,
  poll: 250,
  patience: 30_000,
  highWaterMark: 65_536,
  maxBytes: 16_777_216,
}

/** 3000 years: stores add it to the time of day, and not all know infinity. */
const LONGEST_KEEP = 100_000_000_000_000

/** A follower without readers is remembered for so many leases, so that the time it has counted is not lost. */
const REMEMBERED = 2

/**
 * Streams that outlive the connection, the reader and, with a store outside the process, the server that produces them.
 *
 * @example
 * ```ts
 * import { createStreams } from '@tesserae/resume'
 *
 * const streams = createStreams({ onError: console.error })
 * const run = await streams.start('user-7/answer-1', [{ data: 'Hel' }, { data: 'lo' }])
 * const ids: string[] = []
 * for await (const { data, id } of streams.read('user-7/answer-1')) ids.push(`${id}`)
 *
 * // A client that comes back with the id of the first event gets the second.
 * for await (const { data } of streams.read('user-7/answer-1', { after: ids[0] })) console.log(data) // => lo
 * const { reason } = await run.done // => { reason: 'end', events: 2, error: undefined }
 * ```
 */
export function createStreams(options: StreamsOptions = {}): Streams {
  const numbers = numbersOf(options)
  const { store = memoryStore(), share = true, onError, platform = ownPlatform } = options
  // Asynchronous, so that an error of the callback is reported the way the platform reports errors, and affects no stream.
  const report = (error: unknown): void => void (async () => onError?.(error))()
  const listeners = new Listeners()
  const followers = new Map<string, { follower: Follower; used: number }>()

  const logOf = (name: string): Log => {
    checkName(name)
    return {
      name,
      store,
      platform,
      ...numbers,
      report,
      ring: (epoch) => listeners.ring(name, epoch),
      listen(wake) {
        const remove = listeners.add(name, wake)
        let unwatch: (() => void) | undefined
        try {
          unwatch = store.watch?.(name, wake)
        } catch (error) {
          // A claimed log must not be left without its producer for want of hints.
          report(error)
        }
        return () => {
          unwatch?.()
          remove()
        }
      },
    }
  }

  const findFollower: FindFollower = (log, generation, newest) => {
    if (!share) return new Follower(log, newest)
    const now = platform.now()
    for (const [key, { follower, used }] of followers)
      if (follower.isIdle && now - used > REMEMBERED * numbers.lease) followers.delete(key)
    // A name has no line break.
    const key = `${log.name}\n${generation}`
    const known = followers.get(key)?.follower
    const follower = known && !known.isStale ? known : new Follower(log, newest)
    followers.set(key, { follower, used: now })
    return follower
  }

  return {
    async start(name, source, startOptions = {}) {
      const log = logOf(name)
      checkSource(source)
      checkNames(startOptions, ['takeover', 'signal'])
      const { takeover = false, signal } = startOptions
      if (signal && !signal.addEventListener) throw badOption('signal', 'an `AbortSignal`')
      const claimed = await claim(log, takeover)
      if (!claimed) {
        discard(source).catch(report)
        const ending: Ending = { reason: 'joined', events: 0, error: undefined }
        return { started: false, done: Promise.resolve(ending) }
      }
      const producer = new Producer(log, claimed)
      if (signal) producer.follow(signal)
      void producer.run(source, claimed)
      return { started: true, done: producer.done }
    },

    read(name, readOptions = {}) {
      const log = logOf(name)
      checkReadOptions(readOptions)
      const reader = (): LogReader => new LogReader(log, readOptions, findFollower)
      return {
        async open({ lastEventId } = {}): Promise<Reader> {
          const opened = reader()
          await opened.open(readOptions.after ?? lastEventId)
          return opened
        },
        [Symbol.asyncIterator]: reader,
      }
    },

    stop: async (name) => stop(logOf(name)),

    async state(name) {
      const { newest, ended } = await standing(logOf(name))
      return newest && (ended ?? 'live')
    },

    async remove(name) {
      const log = logOf(name)
      const { newest, ended } = await standing(log)
      if (!newest) return
      // A producer that is stopped first does not write into a later log of the same name.
      if (ended === undefined) await stop(log)
      await ask(log, () => store.remove(name))
      log.ring(newest.epoch + 1)
    },
  }
}

function checkName(name: string): void {
  const isName =
    typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME && !CONTROL.test(name)
  if (!isName || !name.isWellFormed()) throw badName()
}

function checkNames(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw unknownOption(name, known.join(', '))
}

function numbersOf(options: StreamsOptions): typeof DEFAULTS {
  checkNames(options, [...Object.keys(DEFAULTS), 'store', 'share', 'onError', 'platform'])
  const numbers = { ...DEFAULTS }
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    const value = options[name] ?? DEFAULTS[name]
    if (typeof value !== 'number' || !(value > 0)) throw badOption(name, 'a number above 0')
    numbers[name] = value
  }
  numbers.keep = Math.min(numbers.keep, LONGEST_KEEP)
  return numbers
}

function checkReadOptions(options: ReadLogOptions): void {
  checkNames(options, ['after', 'gap', 'ending'])
  const { gap, ending } = options
  if (gap !== undefined && gap !== 'reset' && gap !== 'reject')
    throw badOption('gap', '`reset` or `reject`')
  if (ending !== undefined && typeof ending !== 'function') throw badOption('ending', 'a function')
}
