import { beforeEach, describe, expect, test } from 'vitest'
import { keysStore } from '../src/compat/keys-store.ts'
import type { Subscriber } from '../src/compat/types.ts'
import type { Store } from '../src/store.ts'

const NAME = 'answer'
const KEY = `p:log:${NAME}`
const HOUR = 3_600_000
const options = { create: true, keep: 24 * HOUR }

/** Keys that expire by a clock, which the test moves. */
class Keys {
  now = 0
  /** Which command fails next, and whether it is carried out all the same. */
  failing: { command: 'incr' | 'set'; isDone: boolean } | undefined
  /** What a command waits for before it is carried out. */
  before: (command: 'get' | 'incr' | 'set', key: string) => Promise<void> | void = () => {}
  readonly #values = new Map<string, { value: string; until: number }>()
  readonly #listeners = new Map<string, ((message: string) => void)[]>()

  store(): Store {
    const subscriber: Subscriber = {
      connect: async () => {},
      subscribe: async (channel, listener) =>
        void this.#listeners.set(channel, [...(this.#listeners.get(channel) ?? []), listener]),
      // As of `redis`: all listeners of the channel.
      unsubscribe: async (channel) => void this.#listeners.delete(channel),
    }
    return keysStore(this, subscriber, 'p', () => this.now)
  }
  async connect(): Promise<void> {}
  async publish(channel: string, message: string): Promise<void> {
    for (const listener of this.#listeners.get(channel) ?? []) listener(message)
  }
  async get(key: string): Promise<string | null> {
    await this.before('get', key)
    const found = this.#values.get(key)
    return found && found.until > this.now ? found.value : null
  }
  async set(key: string, value: string, { EX = Infinity } = {}): Promise<void> {
    await this.before('set', key)
    const run = (): unknown => this.#values.set(key, { value, until: this.now + EX * 1000 })
    this.#run('set', key.endsWith('count') ? undefined : key, run)
  }
  async incr(key: string): Promise<number> {
    await this.before('incr', key)
    const next = Number((await this.get(key)) ?? 0) + 1
    const { until } = this.#values.get(key) ?? { until: Infinity }
    this.#run('incr', key, () => this.#values.set(key, { value: `${next}`, until }))
    return next
  }
  #run(command: 'incr' | 'set', key: string | undefined, run: () => unknown): void {
    const failing =
      key !== undefined && this.failing?.command === command ? this.failing : undefined
    if (failing?.isDone !== false) run()
    if (!failing) return
    this.failing = undefined
    throw new Error('The connection was lost.')
  }
}

let keys: Keys
let writer: Store
let reader: Store

beforeEach(() => {
  keys = new Keys()
  writer = keys.store()
  reader = keys.store()
})

async function write(store: Store, ...numbers: number[]): Promise<void> {
  for (const number of numbers)
    expect(await store.append(NAME, { epoch: 1, number }, `data: ${number}\n\n`, options)).toBe(
      'stored',
    )
}

async function numbers(store: Store): Promise<number[]> {
  return (await store.read(NAME, undefined, 100)).map(({ number }) => number)
}

/** The time passes in steps, with a look in each: as readers look. */
async function pass(ms: number, ...stores: Store[]): Promise<void> {
  for (const end = keys.now + ms; keys.now < end;) {
    keys.now += 1000
    for (const store of stores) await store.last(NAME, 1)
  }
}

describe('a writer that dies between its number and its entry', () => {
  beforeEach(async () => {
    await write(writer, 1, 2)
    expect(await numbers(reader)).toEqual([1, 2])
    await keys.incr(`${KEY}:count`)
  })

  test('holds up other writers, who write nothing meanwhile', async () => {
    const refused = reader.append(NAME, { epoch: 2, number: 0 }, ':t', options)
    await expect(refused).rejects.toThrow('Another writer has begun')
    expect(await keys.get(`${KEY}:count`)).toBe('3')
  })

  test('is passed over after 24 seconds by servers that knew the log, and by new ones', async () => {
    const newcomer = keys.store()
    await pass(23_000, reader, newcomer)
    await expect(reader.append(NAME, { epoch: 2, number: 0 }, ':t', options)).rejects.toThrow(
      'Another writer has begun',
    )
    await pass(2000, reader, newcomer)
    await write(reader, 3)
    expect([await numbers(reader), await numbers(newcomer)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('is not passed over if its entry comes late, but in time', async () => {
    await pass(20_000, reader)
    await keys.set(`${KEY}:3`, '1 3 data: 3\n\n')
    await pass(20_000, reader)
    expect(await numbers(reader)).toEqual([1, 2, 3])
  })

  test('is passed over for good, also where nothing follows for a while', async () => {
    await pass(41_000, reader)
    await write(reader, 3)
  })

  test('does not make the writer after it late', async () => {
    await pass(26_000, reader)
    keys.now += 13_000
    await keys.incr(`${KEY}:count`)
    await numbers(reader)
    await keys.set(`${KEY}:4`, '1 4 data: 4\n\n')
    expect(await numbers(reader)).toEqual([1, 2, 4])
    await write(reader, 5)
  })

  test('does not hold up a server that has not looked for an hour for longer', async () => {
    keys.now += HOUR
    expect(await numbers(reader)).toEqual([1, 2])
    await pass(13_000, reader)
    await write(reader, 3)
  })
})

describe('a lost connection', () => {
  test.each([
    { command: 'set', isDone: false },
    { command: 'set', isDone: true },
    { command: 'incr', isDone: false },
  ] as const)(
    '$command, carried out: $isDone: the next attempt stores the entry once',
    async (failing) => {
      await write(writer, 1)
      keys.failing = failing
      await expect(write(writer, 2)).rejects.toThrow('The connection was lost')
      expect(await writer.append(NAME, { epoch: 1, number: 2 }, 'data: 2\n\n', options)).toBe(
        failing.isDone ? 'refused' : 'stored',
      )
      await write(writer, 3)
      expect(await numbers(reader)).toEqual([1, 2, 3])
    },
  )
})

test('a log that is written for longer than its counter lives goes on, for its readers too', async () => {
  for (let hour = 0; hour < 60; hour++) {
    await write(writer, hour + 1)
    keys.now += HOUR
    const found = await numbers(reader)
    expect(found.at(-1)).toBe(hour + 1)
  }
})

test.each(['looks all the time', 'has not looked since'])(
  'a log that begins anew after the old one expired is found by a server that %s',
  async (how) => {
    await write(writer, 1, 2, 3)
    await numbers(reader)
    if (how === 'looks all the time') await pass(25 * HOUR, reader)
    else keys.now += 25 * HOUR
    expect(await numbers(reader)).toEqual([])
    await write(keys.store(), 1)
    expect(await numbers(reader)).toEqual([1])
    await write(reader, 2)
    expect(await numbers(keys.store())).toEqual([1, 2])
  },
)

/** The first command of this kind for this key waits until `release` is called; `waits` says when it does. */
function hold(
  command: 'get' | 'incr' | 'set',
  part: string,
): { release: () => void; waits: Promise<void> } {
  let release!: () => void
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  const waits = new Promise<void>((resolve) => {
    keys.before = (its, key) => {
      if (its !== command || key !== `${KEY}:${part}`) return undefined
      keys.before = () => {}
      resolve()
      return isReleased
    }
  })
  return { release, waits }
}

test('an entry that is found while its number is asked about does not make the next one late', async () => {
  await write(writer, 1)
  await numbers(reader)
  keys.now += 13_000
  const { release, waits } = hold('get', 'count')
  const look = numbers(reader)
  await waits
  await write(writer, 2)
  expect(await numbers(reader)).toEqual([1, 2])
  release()
  await look
  keys.now += 13_000
  await keys.incr(`${KEY}:count`)
  await numbers(reader)
  await keys.set(`${KEY}:3`, '1 3 data: 3\n\n')
  await write(writer, 4)
  expect(await numbers(reader)).toEqual([1, 2, 3, 4])
})

test('an entry after one that is still being written is not refused', async () => {
  await write(writer, 1)
  await numbers(reader)
  const number = hold('incr', 'count')
  const second = writer.append(NAME, { epoch: 1, number: 3 }, 'data: 3\n\n', options)
  await number.waits
  const entry = hold('set', '2')
  const first = reader.append(NAME, { epoch: 1, number: 2 }, 'data: 2\n\n', options)
  await entry.waits
  number.release()
  await expect(second).rejects.toThrow('Another writer has begun')
  entry.release()
  await first
  expect(await numbers(writer)).toEqual([1, 2, 3])
})

test('a watcher that leaves takes no hints from the others', async () => {
  const hints: number[] = []
  const leave = writer.watch?.(NAME, () => {})
  writer.watch?.(NAME, (epoch) => hints.push(epoch))
  leave?.()
  await write(reader, 1)
  expect(hints).toEqual([1])
})

describe('a name that is used again and again for longer than its counter lives', () => {
  const again = async (hours: number): Promise<void> => {
    for (let hour = 0; hour < hours; hour++) {
      await writer.remove(NAME)
      await write(writer, 1, 2, 3)
      keys.now += HOUR
    }
  }

  test('is found by a new server at once', async () => {
    await again(40)
    expect(await numbers(keys.store())).toEqual([1, 2, 3])
  })

  test('is found by a server that has not looked for a day', async () => {
    await write(writer, 1)
    await numbers(reader)
    await again(40)
    expect(await numbers(reader)).toEqual([1, 2, 3])
  })

  test('does not meet its past when a new server begins it', async () => {
    await again(24)
    keys.now += HOUR
    const newcomer = keys.store()
    await newcomer.remove(NAME)
    const many = Array.from({ length: 50 }, (_, index) => index + 1)
    await write(newcomer, ...many)
    expect(await numbers(newcomer)).toEqual(many)
    expect(await numbers(keys.store())).toEqual(many)
  })
})
