import { createStreams, type Entry, type SseEventInit, type Streams } from '@tesserae/resume'
import { describe, expect, test } from 'vitest'
import { settle, World } from './support/world.ts'

const LEASE = 900
const POLL = 100

function inWorld(world = new World(() => 0)) {
  const settings = { lease: LEASE, poll: POLL, patience: 10_000 }
  const process = (): Streams =>
    createStreams({ ...settings, store: world.store, platform: world.platform })
  /** A process that can die: after that nothing of what it does reaches the store. Its tokens begin with `token`. */
  const mortal = (token: string): { streams: Streams; kill: () => void } => {
    let isDead = false
    const { append } = world.store
    const streams = createStreams({
      ...settings,
      store: {
        ...world.store,
        append: (...args) => (isDead ? new Promise<never>(() => {}) : append(...args)),
      },
      platform: { ...world.platform, token: () => token.padEnd(20, 'z') },
    })
    return { streams, kill: () => void (isDead = true) }
  }
  return { world, process, mortal }
}

/** A source that yields what the test asks for, when it asks. */
function byHand(): {
  source: () => AsyncGenerator<SseEventInit>
  say: (data: string) => void
  end: () => void
} {
  const queue: (string | undefined)[] = []
  let wake: () => void = () => {}
  const push = (item: string | undefined): void => {
    queue.push(item)
    wake()
  }
  async function* source(): AsyncGenerator<SseEventInit> {
    for (;;) {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const data = queue.shift()
      if (data === undefined) return
      yield { data }
    }
  }
  return { source, say: push, end: () => push(undefined) }
}

async function collect(events: AsyncIterable<SseEventInit>): Promise<string[]> {
  const all: string[] = []
  for await (const { event, data } of events) all.push(event ? `${event} ${data}` : data)
  return all
}

/** How a log begins: with the token of its producer, whose first letters say where its numbers do. */
const markOf = (token: string): Entry => ({
  epoch: 1,
  number: 0,
  body: `:w ${token.padEnd(20, 'z')}\n\n`,
})
const baseOf = (token: string): number => Number.parseInt(token, 36)
const mark = markOf('0'.repeat(20))
const entry = (number: number, ...data: string[]): Entry => ({
  epoch: 1,
  number,
  body: data.map((each) => `data: ${each}\n\n`).join(''),
})

describe('the store is away', () => {
  test('for longer than the lease: nothing is lost, and the producer is not taken for lost', async () => {
    const { world, process } = inWorld()
    const { source, say, end } = byHand()
    const run = await world.until(process().start('a', source))
    if (run === 'still waiting') throw new Error(run)
    const read = collect(process().read('a'))
    say('1')
    await world.pass(200)
    world.fault = () => 'lost call'
    say('2')
    await world.pass(4 * LEASE)
    world.fault = () => 'none'
    await world.pass(200)
    say('3')
    end()
    expect(await world.until(read)).toEqual(['1', '2', '3'])
    expect(await run.done).toMatchObject({ reason: 'end', events: 3 })
  })

  test('and answers late instead of failing: the lease does not count either', async () => {
    const { world, process } = inWorld()
    const { source, say, end } = byHand()
    const run = await world.until(process().start('a', source))
    if (run === 'still waiting') throw new Error(run)
    const read = collect(process().read('a'))
    say('1')
    await world.pass(200)
    // A client that reconnects in silence: appends never arrive, and reads are answered after a while.
    world.fault = (kind) => (kind === 'append' ? 'lost call' : 'none')
    world.slowness = 4 * POLL
    say('2')
    await world.pass(4 * LEASE)
    world.fault = () => 'none'
    world.slowness = 0
    end()
    expect(await world.until(read)).toEqual(['1', '2'])
    expect(world.log.some(({ body }) => body.includes('lost'))).toBe(false)
  })

  test('for longer than `patience`: the producer gives up, and readers fail', async () => {
    const { world, process } = inWorld()
    const { source, say } = byHand()
    let reason: unknown
    const run = await world.until(
      process().start('a', ({ signal }) => {
        signal.addEventListener('abort', () => (reason = signal.reason))
        return source()
      }),
    )
    if (run === 'still waiting') throw new Error(run)
    const read = collect(process().read('a'))
    read.catch(() => {})
    await world.pass(200)
    world.fault = () => 'lost call'
    say('1')
    expect(await world.until(run.done)).toMatchObject({ reason: 'unreachable' })
    expect(reason).toMatchObject({ code: 'unreachable' })
    await expect(world.until(read)).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    world.fault = () => 'none'
    expect(await world.until(collect(process().read('a')))).toEqual(['failed {"reason":"lost"}'])
  })

  test('an error that will not change is not asked again', async () => {
    const { world, process } = inWorld()
    const fault = Object.assign(new Error('WRONGTYPE'), { permanent: true })
    Object.assign(world.store, { last: () => Promise.reject(fault) })
    await expect(world.until(process().start('a', []))).rejects.toMatchObject({
      code: 'unavailable',
      cause: fault,
    })
    expect(world.now).toBe(0)
  })
})

describe('latency', () => {
  test('a hint that comes while the reader asks is not missed', async () => {
    const { world, process } = inWorld()
    const { source, say } = byHand()
    await world.until(process().start('a', source))
    const reader = await world.until(process().read('a').open())
    if (reader === 'still waiting') throw new Error(reader)
    world.fault = (kind) => (kind === 'read' ? 'late answer' : 'none')
    const next = reader.next()
    await settle()
    // The question finds nothing. Then an event is stored, and its hint arrives. Then the answer arrives.
    expect(world.tasks.length).toBe(1)
    world.tasks.shift()?.()
    say('1')
    await settle()
    const [answer] = world.tasks.splice(0, 1)
    while (world.tasks.length > 0) {
      world.tasks.shift()?.()
      await settle()
    }
    answer?.()
    const before = world.now
    expect(await world.until(next, POLL / 2)).toMatchObject({ value: { data: '1' } })
    expect(world.now).toBe(before)
  })

  test('without hints a reader is at most `poll` late', async () => {
    const { world, process } = inWorld()
    world.hints = () => 0
    const { source, say } = byHand()
    await world.until(process().start('a', source))
    const reader = await world.until(process().read('a').open())
    if (reader === 'still waiting') throw new Error(reader)
    const next = reader.next()
    await world.pass(350)
    say('1')
    const before = world.now
    expect(await world.until(next, POLL)).toMatchObject({ value: { data: '1' } })
    expect(world.now - before).toBeLessThanOrEqual(POLL)
  })

  test('a silent producer feels a stop at once, in another process', async () => {
    const { world, process } = inWorld()
    const run = await world.until(process().start('a', byHand().source))
    if (run === 'still waiting') throw new Error(run)
    const before = world.now
    await world.until(process().stop('a'))
    expect(await world.until(run.done)).toMatchObject({ reason: 'stopped' })
    expect(world.now).toBe(before)
  })

  test('an idle producer costs its beats, an idle reader its polls, and nothing else', async () => {
    const { world, process } = inWorld()
    await world.until(process().start('a', byHand().source))
    const reader = process().read('a')[Symbol.asyncIterator]()
    void reader.next()
    await world.pass(500)
    const before = world.calls
    await world.pass(30 * LEASE)
    const beats = 90
    const polls = (30 * LEASE) / POLL
    expect(world.calls - before).toBeLessThanOrEqual(beats + polls + beats + 5)
    await reader.return()
  })

  test('a silent source keeps its log, however short `keep` is', async () => {
    const { world } = inWorld()
    const { platform, store } = world
    const expiring: typeof store.append = (...args) => {
      const [, , , { keep }] = args
      if (world.now >= until) world.log.length = 0
      until = world.now + keep
      return store.append(...args)
    }
    let until = Infinity
    const streams = createStreams({
      store: { ...store, append: expiring },
      platform,
      lease: LEASE,
      keep: LEASE / 3,
    })
    const { source, say, end } = byHand()
    const run = await world.until(streams.start('a', source))
    if (run === 'still waiting') throw new Error(run)
    say('1')
    await world.pass(4 * LEASE)
    say('2')
    end()
    expect(await world.until(run.done)).toMatchObject({ reason: 'end', events: 2 })
  })
})

describe('readers', () => {
  test('return() ends a wait at once and leaves no timer and no watcher', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'x'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    expect(await world.until(reader.next())).toMatchObject({ value: { data: 'x' } })
    const next = reader.next()
    await world.pass(POLL / 2)
    await reader.return()
    expect(await next).toEqual({ done: true, value: undefined })
    await settle()
    expect([world.timers, world.watchers]).toEqual([0, 0])
  })

  test('16 readers that find a lost producer at the same time get one end, within lease and poll', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'x'))
    const all = Promise.all(Array.from({ length: 16 }, () => collect(process().read('a'))))
    const told = await world.until(all, LEASE + 3 * POLL)
    expect(told).toEqual(Array.from({ length: 16 }, () => ['x', 'failed {"reason":"lost"}']))
    expect(world.log.length).toBe(3)
  })

  test('readers that come and go more often than the lease still find out', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'x'))
    const streams = process()
    const last = `1-1`
    for (let n = 0; n < 5; n++) {
      const reader = streams.read('a', { after: last })[Symbol.asyncIterator]()
      const next = reader.next()
      await world.pass(LEASE / 3)
      await reader.return()
      await next
    }
    expect(world.log.at(-1)?.body).toContain('lost')
  })

  test('a reader far behind the others gets what is no longer in memory from the store', async () => {
    const { world, process } = inWorld()
    const { source, say, end } = byHand()
    const streams = process()
    await world.until(streams.start('a', source))
    const [slow, fast] = [streams.read('a'), streams.read('a')].map((reading) =>
      reading[Symbol.asyncIterator](),
    )
    const firsts = Promise.all([slow?.next(), fast?.next()])
    const large = 'x'.repeat(20_000)
    const expected = Array.from({ length: 40 }, (_, n) => `${n} ${large}`)
    const numbers = (told: readonly string[] | string): number[] =>
      Array.from(told, (data) => Number.parseInt(data, 10))
    const rest = expected.slice(1)
    say(expected[0] as string)
    await world.until(firsts)
    const read = collect(fast as AsyncIterable<SseEventInit>)
    for (const data of rest) {
      say(data)
      await world.pass(10)
    }
    end()
    expect(numbers(await world.until(read))).toEqual(numbers(rest))
    const late = await world.until(collect(slow as AsyncIterable<SseEventInit>))
    expect(numbers(late)).toEqual(numbers(rest))
  })

  test('what no reader waited for is not read again when a reader has caught up by itself', async () => {
    const { world, process } = inWorld()
    const streams = process()
    const { source, say } = byHand()
    await world.until(streams.start('a', source))
    const idle = streams.read('a')[Symbol.asyncIterator]()
    say('first')
    await world.until(idle.next())
    const asked = idle.next()
    say('second')
    await world.until(asked)
    for (let n = 0; n < 2000; n++) {
      say(`${n}`)
      await world.pass(0)
    }
    const reader = streams.read('a')[Symbol.asyncIterator]()
    for (let n = 0; n < 2002; n++) await world.until(reader.next())
    const before = world.calls
    const next = reader.next()
    await world.pass(1)
    say('last')
    expect(await world.until(next)).toMatchObject({ value: { data: 'last' } })
    expect(world.calls - before).toBeLessThan(5)
  })

  test('a reader that was far behind costs nothing of its own once it is not', async () => {
    const { world, process } = inWorld()
    const { source, say } = byHand()
    const streams = process()
    await world.until(streams.start('a', source))
    const slow = streams.read('a')[Symbol.asyncIterator]()
    const fast = streams.read('a')[Symbol.asyncIterator]()
    say('first')
    await world.until(Promise.all([slow.next(), fast.next()]))
    for (let n = 0; n < 40; n++) {
      say('x'.repeat(20_000))
      await world.until(fast.next())
    }
    const calls = async (): Promise<number> => {
      const before = world.calls
      await world.pass(20 * POLL)
      return world.calls - before
    }
    void fast.next()
    const alone = await calls()
    for (let n = 0; n < 40; n++) await world.until(slow.next())
    void slow.next()
    await world.pass(POLL)
    expect(await calls()).toBeLessThanOrEqual(alone + 1)
  })

  test.each([true, false])('200 readers get the same events, with `share: %s`', async (share) => {
    const cost = async (count: number): Promise<number> => {
      const { world } = inWorld()
      const { store, platform } = world
      const settings = { lease: LEASE, poll: POLL, store, platform }
      const { source, say, end } = byHand()
      await world.until(createStreams(settings).start('a', source))
      const streams = createStreams({ ...settings, share })
      const opening = Promise.all(Array.from({ length: count }, () => streams.read('a').open()))
      const readers = await world.until(opening)
      if (readers === 'still waiting') throw new Error(readers)
      const reading = Promise.all(readers.map(collect))
      await world.pass(0)
      const before = world.calls
      for (let n = 0; n < 30; n++) {
        say(`${n}`)
        await world.pass(10)
      }
      const calls = world.calls - before
      end()
      const told = await world.until(reading)
      const expected = Array.from({ length: 30 }, (_, n) => `${n}`)
      for (const each of told) expect(each).toEqual(expected)
      expect(told.length).toBe(count)
      return calls
    }
    const [one, many] = [await cost(1), await cost(200)]
    if (share) expect(many).toBeLessThanOrEqual(one + 2)
    else expect(many).toBeGreaterThan(50 * one)
  })

  test('nothing is read from the store while the caller does not ask', async () => {
    const { world, process } = inWorld()
    const { source, say } = byHand()
    await world.until(process().start('a', source))
    const reader = await world.until(process().read('a').open())
    if (reader === 'still waiting') throw new Error(reader)
    say('1')
    await world.until(reader.next())
    say('2')
    await world.pass(0)
    const before = world.calls
    await world.pass(LEASE / 4)
    expect(world.calls).toBe(before)
    await reader.return()
  })
})

describe('the store forgets', () => {
  test('the middle: every reader gets `damaged`, and then nothing more', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(2, 'a', 'b'), entry(5, 'd', 'e'))
    const events: SseEventInit[] = []
    const reading = (async () => {
      for await (const event of process().read('a')) events.push(event)
    })()
    await world.until(reading)
    expect(events.map(({ data }) => data)).toEqual(['a', 'b', '{"reason":"damaged"}'])
    const after = events.at(-1)?.id
    expect(await world.until(collect(process().read('a', { after })))).toEqual([])
    const again = await world.until(collect(process().read('a', { after: events[1]?.id })))
    expect(again).toEqual(['failed {"reason":"damaged"}'])
  })

  test('the middle: a takeover ends the log with `damaged`, and its source is not called', async () => {
    const { world, process } = inWorld()
    const missing = entry(2, 'b')
    world.log.push(mark, entry(1, 'a'), missing, entry(3, 'c'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    for (let n = 0; n < 3; n++) await world.until(reader.next())
    world.log.splice(world.log.indexOf(missing), 1)
    let isCalled = false
    const source = (): SseEventInit[] => {
      isCalled = true
      return []
    }
    const run = await world.until(process().start('a', source, { takeover: true }))
    if (run === 'still waiting') throw new Error(run)
    expect(await world.until(run.done)).toMatchObject({ reason: 'damaged', events: 0 })
    expect(isCalled).toBe(false)
    expect(await world.until(collect(reader))).toEqual(['failed {"reason":"damaged"}'])
    expect(await world.until(process().state('a'))).toBe('damaged')
  })

  test('its tail, while a takeover looks at it: no event comes twice, and the log ends with `damaged`', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'), entry(2, 'b'))
    const read = collect(process().read('a'))
    await world.pass(POLL)
    // The takeover has its place, which follows `b`, and then finds one event.
    const forgetting: typeof world.store.read = (...args) => {
      const index = world.log.findIndex(({ body }) => body === 'data: b\n\n')
      if (index >= 0) world.log.splice(index, 1)
      return world.store.read(...args)
    }
    const store = { ...world.store, read: forgetting }
    const streams = createStreams({ store, platform: world.platform, lease: LEASE, poll: POLL })
    let isCalled = false
    const source = (): SseEventInit[] => {
      isCalled = true
      return [{ data: 'b again' }]
    }
    const run = await world.until(streams.start('a', source, { takeover: true }))
    if (run === 'still waiting') throw new Error(run)
    expect(await world.until(run.done)).toMatchObject({ reason: 'damaged', events: 0 })
    expect(isCalled).toBe(false)
    expect(await world.until(read)).toEqual(['a', 'b', 'failed {"reason":"damaged"}'])
    const late = await world.until(collect(process().read('a')))
    expect(late).toEqual(['a', 'failed {"reason":"damaged"}'])
  })

  test('a takeover, and the next one ends the log at the same place: readers start over within the lease', async () => {
    const { world, process, mortal } = inWorld()
    world.log.push(mark, entry(1, 'a'))
    const events: SseEventInit[] = []
    void (async () => {
      for await (const event of process().read('a')) events.push(event)
    })()
    await world.pass(POLL)
    // The first eight letters of a token decide by how much the epoch moves.
    const first = mortal('samesame1')
    const endless = async function* (): AsyncGenerator<SseEventInit> {
      yield { data: 'b' }
      await new Promise(() => {})
    }
    await world.until(first.streams.start('a', endless, { takeover: true }))
    await world.pass(POLL)
    expect(events.map(({ data }) => data)).toEqual(['a', 'b'])
    first.kill()
    world.log.splice(2)
    const second = mortal('samesame2')
    await world.until(second.streams.start('a', [], { takeover: true }))
    await world.pass(2 * LEASE)
    expect(events.slice(2).map(({ event, data }) => event ?? data)).toEqual(['reset', 'a'])
  })

  test('its oldest events: a takeover ends the log with `damaged`', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(2, 'b'))
    const run = await world.until(process().start('a', [], { takeover: true }))
    if (run === 'still waiting') throw new Error(run)
    expect(await world.until(run.done)).toMatchObject({ reason: 'damaged', events: 0 })
  })

  test.each([
    ['after the event that it has', 'a', ['other', 'failed {"reason":"lost"}']],
    ['after an event that is forgotten too', 'b', ['reset {"after":"1-2"}', 'a', 'other']],
  ])(
    'a mark that only one of two readers saw, and a takeover with an earlier epoch follows: it goes on %s',
    async (_, had, expected) => {
      const { world, process } = inWorld()
      world.log.push(mark, entry(1, 'a'), entry(2, 'b'))
      if (had === 'a') world.log.pop()
      const streams = process()
      const other = collect(streams.read('a'))
      await world.pass(POLL / 2)
      // Between two looks of the follower that both share.
      const newest: Entry = { epoch: 9, number: 0, body: markOf('1').body }
      world.log.push(newest)
      const told: string[] = []
      void (async () => {
        const after = had === 'a' ? '1-1' : '1-2'
        for await (const { event, data } of streams.read('a', { after }))
          told.push(event ? `${event} ${data}` : data)
      })()
      await world.pass(1)
      world.log.length = 2
      world.log.push({ epoch: 5, number: 0, body: markOf('2').body })
      world.log.push({ epoch: 5, number: 3, body: ':a 1\n\ndata: other\n\n' })
      // The producer lives, so the lease does not help the reader.
      for (let number = 4; number < 10; number++) {
        await world.pass(LEASE / 3)
        world.log.push({ epoch: 5, number, body: ':b\n\n' })
      }
      expect(told).toContain('other')
      await world.until(other)
      await world.pass(2 * LEASE)
      expect(told.slice(0, expected.length)).toEqual(expected)
    },
  )

  test('its tail, and another producer goes on: a reader that had it is reset', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'), entry(2, 'b'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    await world.until(reader.next())
    await world.until(reader.next())
    world.log.length = 2
    world.log.push({ epoch: 2, number: 0, body: `:w ${'1'.repeat(20)}\n\n` })
    world.log.push({ epoch: 2, number: 3, body: ':a 1\n\ndata: other\n\n' })
    const rest: (string | undefined)[] = []
    for (let n = 0; n < 3; n++) {
      const step = await world.until(reader.next())
      if (step !== 'still waiting') rest.push(step.value?.event ?? step.value?.data)
    }
    expect(rest).toEqual(['reset', 'a', 'other'])
    await reader.return()
  })

  test.each(['reset', 'reject'] as const)(
    'a beat alone: a client that is cut off at once loses nothing, with `gap: %s`',
    async (gap) => {
      const { world, process } = inWorld()
      world.log.push(mark, entry(1, 'a'), { epoch: 1, number: 2, body: ':b\n\n' })
      const client: string[] = []
      const read = async (after: string | undefined, most: number): Promise<string | undefined> => {
        const reader = process().read('a', { after, gap })[Symbol.asyncIterator]()
        let last = after
        for (let n = 0; n < most; n++) {
          const step = await world.until(reader.next())
          if (step === 'still waiting' || step.done) break
          if (step.value.event === 'reset') client.length = 0
          else client.push(step.value.data)
          last = step.value.id ?? last
        }
        await reader.return()
        return last
      }
      let last: string | undefined
      const reader = process().read('a', { gap })[Symbol.asyncIterator]()
      const first = await world.until(reader.next())
      if (first === 'still waiting' || first.done) throw new Error('no event')
      client.push(first.value.data)
      last = first.value.id
      const next = reader.next()
      await world.pass(POLL)
      world.log.length = 2
      const second = byHand()
      await world.until(process().start('a', second.source, { takeover: true }))
      second.say('b')
      second.end()
      const answer = await world.until(next.catch((error: unknown) => error))
      if (gap === 'reject') expect(answer).toMatchObject({ code: 'gap', status: 412 })
      else {
        expect(answer).toMatchObject({ value: { event: 'reset' } })
        client.length = 0
        last = (answer as IteratorYieldResult<SseEventInit>).value.id ?? last
      }
      await reader.return()
      await read(last, Infinity)
      expect(client).toEqual(['a', 'b'])
    },
  )

  test('its tail, and the log is stopped: a reader that had it is reset, then told `stopped`', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'), entry(2, 'b'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    await world.until(reader.next())
    await world.until(reader.next())
    world.log.length = 2
    await world.until(process().stop('a'))
    const rest = await world.until(collect(reader))
    expect(rest).toEqual(['reset {"after":"1-2"}', 'a', 'stopped {"reason":"stopped"}'])
  })

  // A first page has 32 entries, and one with more than 128 KiB makes the next pages smaller.
  describe.each([
    ['a page', 31, 1],
    ['a page with each of its last entries', 33, 140_000],
  ])('its tail, which filled %s, while the client of a reader is slow,', (_, count, size) => {
    const LOST = 5
    const texts = Array.from({ length: count }, (_, n) => `${n + 1}`.padEnd(size, '.'))
    const reset = `reset {"after":"1-${count}"}`

    /** What a reader with all events gets after the loss, and after what happens to the log then. */
    const restAfter = async (change: (streams: Streams) => Promise<unknown>): Promise<unknown> => {
      const { world, process } = inWorld()
      world.log.push(mark, ...texts.map((text, n) => entry(n + 1, text)))
      const reader = process().read('a')[Symbol.asyncIterator]()
      for (const data of texts)
        expect(await world.until(reader.next())).toMatchObject({ value: { data } })
      await world.pass(LEASE / 2)
      world.log.length -= LOST
      await world.until(change(process()))
      return world.until(collect(reader))
    }

    test('and the log is stopped: the reader is reset, then told `stopped`', async () => {
      const rest = await restAfter((streams) => streams.stop('a'))
      expect(rest).toEqual([reset, ...texts.slice(0, -LOST), 'stopped {"reason":"stopped"}'])
    })

    test('and another producer goes on: the reader is reset', async () => {
      const rest = await restAfter(async (streams) => {
        const run = await streams.start('a', [{ data: 'x' }], { takeover: true })
        return run.done
      })
      expect(rest).toEqual([reset, ...texts.slice(0, -LOST), 'x'])
    })
  })

  test('its tail, which a slow reader gets from memory, and the log is stopped: that reader is reset', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'))
    const streams = process()
    const slow = streams.read('a')[Symbol.asyncIterator]()
    const fast = streams.read('a')[Symbol.asyncIterator]()
    await world.until(Promise.all([slow.next(), fast.next()]))
    const asked = slow.next()
    const rest = collect(fast)
    await world.pass(POLL / 2)
    world.log.push(entry(2, 'b'))
    expect(await world.until(asked)).toMatchObject({ value: { data: 'b' } })
    world.log.push(entry(3, 'c'))
    await world.pass(2 * POLL)
    world.log.length = 2
    await world.until(process().stop('a'))
    await world.until(rest)
    const told = await world.until(collect(slow))
    expect(told).toEqual(['c', 'reset {"after":"1-3"}', 'a', 'stopped {"reason":"stopped"}'])
  })

  test('a mark that a reader saw, and another producer ends the log before it: the reader gets its events', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    await world.until(reader.next())
    world.log.push({ epoch: 9, number: 0, body: markOf('1').body })
    const rest = collect(reader)
    await world.pass(POLL / 2)
    world.log.length = 2
    world.log.push({ epoch: 5, number: 0, body: markOf('2').body })
    world.log.push({ epoch: 5, number: 3, body: ':a 1\n\ndata: b\n\n' })
    world.log.push({ epoch: 10, number: 0, body: ':t {"reason":"stopped"}\n\n' })
    expect(await world.until(rest)).toEqual(['b', 'stopped {"reason":"stopped"}'])
  })

  test('nothing, and more producers died before their first event than a page has room for: the reader gets the stop', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'))
    const read = collect(process().read('a'))
    await world.pass(POLL)
    for (let epoch = 2; epoch < 1200; epoch++)
      world.log.push({ epoch, number: 0, body: markOf(`${epoch}`).body })
    await world.until(process().stop('a'))
    expect(await world.until(read)).toEqual(['a', 'stopped {"reason":"stopped"}'])
  })

  test('its tail, and no producer goes on: a reader that had it is reset, then told `lost`', async () => {
    const { world, process } = inWorld()
    world.log.push(mark, entry(1, 'a'), entry(2, 'b'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    await world.until(reader.next())
    await world.until(reader.next())
    world.log.length = 2
    const rest = await world.until(collect(reader))
    expect(rest).toEqual(['reset {"after":"1-2"}', 'a', 'failed {"reason":"lost"}'])
  })

  // The random part of an epoch decides whether the second takeover is beyond the first one, or before it.
  test.each([
    ['beyond it', '00000001', '00000002'],
    ['before it', '00000002', '00000001'],
  ])(
    'a takeover with its events, and a second takeover follows (%s): a connected reader is reset',
    async (_, one, two) => {
      const { world, process, mortal } = inWorld()
      world.log.push(mark, entry(1, 'a'))
      const { streams, kill } = mortal(one)
      const first = byHand()
      await world.until(streams.start('a', first.source, { takeover: true }))
      const told: string[] = []
      const reader = process().read('a')[Symbol.asyncIterator]()
      const reading = (async () => {
        for await (const { event, data } of reader) told.push(event ?? data)
      })()
      for (const data of ['1', '2']) first.say(data)
      await world.pass(3 * POLL)
      expect(told).toEqual(['a', '1', '2'])
      kill()
      world.log.length = 2
      const second = byHand()
      const { streams: other } = mortal(two)
      await world.until(other.start('a', second.source, { takeover: true }))
      for (const data of ['x', 'y', 'z']) second.say(data)
      await world.pass(2 * LEASE)
      second.end()
      await world.until(reading)
      expect(told).toEqual(['a', '1', '2', 'reset', 'a', 'x', 'y', 'z'])
    },
  )

  test('two takeovers, and a third one has the next number: a connected reader is reset', async () => {
    const { world, process, mortal } = inWorld()
    world.log.push(mark, entry(1, 'a'))
    const takeOver = async (token: string, ...data: string[]): Promise<() => void> => {
      const { streams, kill } = mortal(token)
      const { source, say } = byHand()
      await world.until(streams.start('a', source, { takeover: true }))
      for (const each of data) say(each)
      await world.pass(POLL / 2)
      return kill
    }
    const reader = process().read('a')[Symbol.asyncIterator]()
    const told: string[] = []
    void (async () => {
      for await (const { event, data } of reader) told.push(event ?? data)
    })()
    const kill = await takeOver('00000003', '1')
    await world.pass(2 * POLL)
    expect(told).toEqual(['a', '1'])
    kill()
    world.log.length = 2
    // The reader does not see this one, whose places are all before its own.
    ;(await takeOver('00000001', 'x'))()
    await takeOver('00000009', 'y')
    await world.pass(LEASE)
    expect(told).toEqual(['a', '1', 'reset', 'a', 'x', 'y'])
    await reader.return()
  })

  test('a takeover, while a new reader begins: it does not get what only memory has', async () => {
    const { world, process, mortal } = inWorld()
    world.log.push(mark, entry(1, 'a'))
    const { streams, kill } = mortal('00000002')
    const first = byHand()
    await world.until(streams.start('a', first.source, { takeover: true }))
    const readers = process()
    const connected = readers.read('a')[Symbol.asyncIterator]()
    void collect(connected)
    for (const data of ['1', '2']) first.say(data)
    await world.pass(3 * POLL)
    kill()
    world.log.length = 2
    const second = byHand()
    await world.until(mortal('00000001').streams.start('a', second.source, { takeover: true }))
    second.say('x')
    await world.pass(1)
    const told = collect(readers.read('a'))
    second.say('y')
    await world.pass(POLL)
    second.end()
    expect(await world.until(told)).toEqual(['a', 'x', 'y'])
    await connected.return()
  })

  test('all of it: the producer and a live reader get `gone`', async () => {
    const { world, process } = inWorld()
    const { source, say } = byHand()
    const run = await world.until(process().start('a', source))
    if (run === 'still waiting') throw new Error(run)
    const read = collect(process().read('a'))
    say('1')
    await world.pass(200)
    world.log.length = 0
    say('2')
    expect(await world.until(run.done)).toMatchObject({ reason: 'gone', events: 1 })
    expect(world.log).toEqual([])
    expect(await world.until(read)).toEqual(['1', 'failed {"reason":"gone"}'])
  })

  test('all of it before its first event, and the new log is silent as well: a reader starts over before it gives up', async () => {
    const { world, process } = inWorld()
    world.log.push(markOf('00000100'))
    const read = collect(process().read('a'))
    await world.pass(POLL)
    world.log.length = 0
    world.log.push(markOf('00000200'))
    const after = `0-${baseOf('00000100')}`
    const told = await world.until(read)
    expect(told).toEqual([`reset {"after":"${after}"}`, 'failed {"reason":"lost"}'])
  })

  test('all of it before its first event, and a new log begins at the same place: its producer has a lease of its own', async () => {
    const { world, process } = inWorld()
    world.log.push(markOf('00000100'))
    const reader = process().read('a')[Symbol.asyncIterator]()
    void reader.next()
    await world.pass(LEASE - POLL)
    world.log.length = 0
    world.log.push(markOf('00000200'))
    await world.pass(3 * POLL)
    expect(world.log).toEqual([markOf('00000200')])
    await reader.return()
  })

  test('all of it before its first event, and a new log of the same name begins: a live reader is reset', async () => {
    const { world, process } = inWorld()
    world.log.push(markOf('00000100'))
    const read = collect(process().read('a'))
    await world.pass(POLL)
    const base = baseOf('00000200')
    world.log.length = 0
    world.log.push(markOf('00000200'))
    world.log.push({ epoch: 1, number: base + 1, body: 'data: new\n\n' })
    world.log.push({ epoch: 1, number: base + 2, body: ':t {"reason":"end"}\n\n' })
    const after = `0-${baseOf('00000100')}`
    expect(await world.until(read)).toEqual([`reset {"after":"${after}"}`, 'new'])
  })

  // The token decides where numbers begin: beyond those that the reader knows, or before them.
  test.each(['1', '0'])(
    'all of it, and a new log of the same name begins: a live reader is reset (token of %ss)',
    async (digit) => {
      const { world, process } = inWorld()
      const old = baseOf('00000100')
      world.log.push(markOf('00000100'))
      world.log.push({ epoch: 1, number: old + 1, body: 'data: old\n\n' })
      const reader = process().read('a')[Symbol.asyncIterator]()
      expect(await world.until(reader.next())).toMatchObject({ value: { data: 'old' } })
      const rest = collect(reader)
      await world.pass(POLL)
      const token = digit.repeat(8)
      const base = baseOf(token)
      world.log.length = 0
      world.log.push(markOf(token))
      world.log.push({ epoch: 1, number: base + 1, body: 'data: new\n\n' })
      world.log.push({ epoch: 1, number: base + 2, body: ':t {"reason":"end"}\n\n' })
      expect(await world.until(rest)).toEqual([`reset {"after":"1-${old + 1}"}`, 'new'])
    },
  )
})
