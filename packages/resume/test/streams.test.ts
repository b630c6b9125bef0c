import { createStreams, memoryStore, ResumeError, type SseEventInit } from '@tesserae/resume'
import { describe, expect, test } from 'vitest'

async function collect(events: AsyncIterable<SseEventInit>): Promise<SseEventInit[]> {
  const all: SseEventInit[] = []
  for await (const event of events) all.push(event)
  return all
}

const texts = (events: readonly SseEventInit[]): string[] => events.map(({ data }) => data)

function gate(): { promise: Promise<void>; open: () => void } {
  let open!: () => void
  const promise = new Promise<void>((resolve) => (open = resolve))
  return { promise, open }
}

/** The lease is longer than a busy machine lets a process wait for its turn. */
const quick = { lease: 1_000, poll: 20, patience: 500 }

describe('start and read', () => {
  test('a reader gets every event in order, each with its own id', async () => {
    const streams = createStreams()
    const run = await streams.start('a', [
      { data: '1' },
      { event: 'token', data: '2\n3', retry: 7 },
    ])
    const events = await collect(streams.read('a'))
    expect(events.map(({ id: _, ...event }) => event)).toEqual([
      { data: '1' },
      { event: 'token', data: '2\n3', retry: 7 },
    ])
    expect(new Set(events.map(({ id }) => id)).size).toBe(2)
    for (const { id } of events) expect(id).toMatch(/^1-\d{1,15}$/)
    expect(await run.done).toEqual({ reason: 'end', events: 2, error: undefined })
  })

  test('a reader that comes back with any id gets exactly the rest', async () => {
    const streams = createStreams()
    const data = Array.from({ length: 30 }, (_, n) => ({ data: `${n}` }))
    await (
      await streams.start('a', data)
    ).done
    const all = await collect(streams.read('a'))
    for (const [index, { id }] of all.entries())
      expect(texts(await collect(streams.read('a', { after: id })))).toEqual(
        texts(all.slice(index + 1)),
      )
  })

  test('a second start of the same name joins and does not call its source', async () => {
    const streams = createStreams()
    const { promise, open } = gate()
    const first = await streams.start('a', async function* () {
      yield { data: '1' }
      await promise
    })
    let called = false
    const second = await streams.start('a', () => {
      called = true
      return []
    })
    expect([first.started, second.started, called]).toEqual([true, false, false])
    expect((await second.done).reason).toBe('joined')
    open()
    await first.done
    expect((await streams.start('a', [])).started).toBe(false)
  })

  test('20 starts at once have exactly one winner', async () => {
    const streams = createStreams()
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, n) => streams.start('a', [{ data: `${n}` }])),
    )
    expect(runs.filter(({ started }) => started).length).toBe(1)
    expect((await collect(streams.read('a'))).length).toBe(1)
  })

  test('a reader is given events while the source is still running', async () => {
    const streams = createStreams()
    const { promise, open } = gate()
    await streams.start('a', async function* () {
      yield { data: '1' }
      await promise
      yield { data: '2' }
    })
    const reader = streams.read('a')[Symbol.asyncIterator]()
    expect((await reader.next()).value?.data).toBe('1')
    const next = reader.next()
    open()
    expect((await next).value?.data).toBe('2')
    expect(await reader.next()).toEqual({ done: true, value: undefined })
    expect(reader.isOver).toBe(true)
  })
})

describe('the end', () => {
  test('a source that throws ends the log with `error`, after its events', async () => {
    const streams = createStreams()
    const fault = new Error('the model failed')
    const run = await streams.start('a', async function* () {
      yield { data: '1' }
      throw fault
    })
    expect(await run.done).toEqual({ reason: 'error', events: 1, error: fault })
    const events = await collect(streams.read('a'))
    expect(events.map(({ event, data }) => [event, data])).toEqual([
      [undefined, '1'],
      ['failed', '{"reason":"error"}'],
    ])
    expect(await collect(streams.read('a', { after: events.at(-1)?.id }))).toEqual([])
  })

  test('stop() ends the log, aborts the source and returns its iterator', async () => {
    const streams = createStreams()
    let returned = false
    let reason: unknown
    const run = await streams.start('a', ({ signal }) =>
      (async function* () {
        try {
          yield { data: '1' }
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          reason = signal.reason
        } finally {
          returned = true
        }
      })(),
    )
    const reader = streams.read('a')[Symbol.asyncIterator]()
    await reader.next()
    await streams.stop('a')
    expect(await run.done).toMatchObject({ reason: 'stopped', events: 1 })
    expect(reason).toBeInstanceOf(ResumeError)
    expect((reason as ResumeError).code).toBe('stopped')
    expect(returned).toBe(true)
    expect((await reader.next()).value).toMatchObject({
      event: 'stopped',
      data: '{"reason":"stopped"}',
    })
    expect(await streams.state('a')).toBe('stopped')
  })

  test('stop() before the start keeps the source from being called', async () => {
    const streams = createStreams()
    await streams.stop('a')
    expect((await streams.start('a', [{ data: '1' }])).started).toBe(false)
    expect(texts(await collect(streams.read('a')))).toEqual(['{"reason":"stopped"}'])
  })

  test('stop() after the end changes nothing', async () => {
    const streams = createStreams()
    await (
      await streams.start('a', [{ data: '1' }])
    ).done
    await streams.stop('a')
    expect(await streams.state('a')).toBe('end')
    expect(texts(await collect(streams.read('a')))).toEqual(['1'])
  })

  test('the signal given to start() ends the log with `stopped`', async () => {
    const streams = createStreams()
    const controller = new AbortController()
    const run = await streams.start('a', () => new ReadableStream(), { signal: controller.signal })
    controller.abort()
    expect((await run.done).reason).toBe('stopped')
    expect(await streams.state('a')).toBe('stopped')
  })

  test('a producer that died is reported to its readers as `lost`, once, after the lease', async () => {
    const store = memoryStore()
    const streams = createStreams({ store, ...quick })
    const body = ':w aaaaaaaaaaaaaaaaaaaa\n\n'
    await store.append('a', { epoch: 1, number: 0 }, body, { create: true, keep: 60_000 })
    const began = performance.now()
    const all = await Promise.all(
      Array.from({ length: 16 }, () => collect(createStreams({ store, ...quick }).read('a'))),
    )
    expect(performance.now() - began).toBeGreaterThanOrEqual(quick.lease * 0.9)
    for (const events of all) expect(texts(events)).toEqual(['{"reason":"lost"}'])
    expect(await streams.state('a')).toBe('lost')
  })

  test('a source that is silent for longer than the lease is not lost', async () => {
    const streams = createStreams(quick)
    await streams.start('a', async function* () {
      yield { data: '1' }
      await new Promise((resolve) => setTimeout(resolve, 2 * quick.lease))
      yield { data: '2' }
    })
    expect(texts(await collect(streams.read('a')))).toEqual(['1', '2'])
  })
})

describe('takeover', () => {
  test('continues after the last event and fences the earlier producer', async () => {
    const streams = createStreams(quick)
    const { promise, open } = gate()
    const first = await streams.start('a', async function* () {
      yield { data: '1' }
      yield { data: '2' }
      await promise
      yield { data: 'never stored' }
    })
    const reader = streams.read('a')[Symbol.asyncIterator]()
    await reader.next()
    await reader.next()
    const second = await streams.start(
      'a',
      ({ last, count }) => [{ data: `after ${last?.data} of ${count}` }],
      { takeover: true },
    )
    expect(second.started).toBe(true)
    expect((await first.done).reason).toBe('fenced')
    open()
    expect(await second.done).toMatchObject({ reason: 'end', events: 1 })
    expect((await reader.next()).value?.data).toBe('after 2 of 2')
    expect((await reader.next()).done).toBe(true)
    expect(texts(await collect(streams.read('a')))).toEqual(['1', '2', 'after 2 of 2'])
  })
})

describe('cursors', () => {
  test.each([
    '',
    '1',
    '1-',
    '-1',
    'x-1',
    '1-1 ',
    '1-1\n',
    '1234567890123456-1',
    '1-1234567890123456',
    '0-1',
  ])('the cursor %j is refused or means none', async (after) => {
    const streams = createStreams()
    await (
      await streams.start('a', [{ data: '1' }])
    ).done
    const reading = streams.read('a', { after }).open()
    if (after === '') expect(texts(await collect(await reading))).toEqual(['1'])
    else await expect(reading).rejects.toMatchObject({ code: 'bad-cursor', status: 400 })
  })

  test('an id of another log is a gap: `reset` by default, 412 if asked for', async () => {
    const streams = createStreams()
    await (
      await streams.start('a', [{ data: '1' }, { data: '2' }])
    ).done
    const events = await collect(streams.read('a', { after: '1-77' }))
    expect(events[0]).toMatchObject({ event: 'reset', data: '{"after":"1-77"}' })
    expect(texts(events.slice(1))).toEqual(['1', '2'])
    await expect(streams.read('a', { after: '1-77', gap: 'reject' }).open()).rejects.toMatchObject({
      code: 'gap',
      status: 412,
    })
  })

  test('an id of an earlier log of the same name is a gap', async () => {
    const streams = createStreams()
    await (
      await streams.start('a', [{ data: '1' }, { data: '2' }])
    ).done
    const [first] = await collect(streams.read('a'))
    await streams.remove('a')
    await (
      await streams.start('a', [{ data: 'x' }, { data: 'y' }])
    ).done
    const events = await collect(streams.read('a', { after: first?.id }))
    expect(texts(events.slice(1))).toEqual(['x', 'y'])
    expect(events[0]?.event).toBe('reset')
  })

  test('a name without a log is 404', async () => {
    await expect(createStreams().read('a').open()).rejects.toMatchObject({
      code: 'not-found',
      status: 404,
    })
  })

  test('the final id of the encoder means that the client has everything', async () => {
    expect(await collect(createStreams().read('a', { after: 'tesserae:final' }))).toEqual([])
  })
})

test('a store that cannot give hints is read all the same, and `onError` gets why', async () => {
  const errors: unknown[] = []
  const fault = new Error('no channel')
  const watch = (): never => {
    throw fault
  }
  const store = { ...memoryStore(), watch }
  const streams = createStreams({ ...quick, store, onError: (error) => errors.push(error) })
  await streams.start('a', async function* () {
    yield { data: '1' }
    await new Promise((resolve) => setTimeout(resolve, 50))
    yield { data: '2' }
  })
  expect(texts(await collect(streams.read('a')))).toEqual(['1', '2'])
  expect(errors).toEqual([fault, fault])
})

test('a `ReadableStream` from which nothing comes is cancelled when the log is stopped', async () => {
  const streams = createStreams()
  let isCancelled = false
  const source = new ReadableStream<SseEventInit>({ cancel: () => void (isCancelled = true) })
  const run = await streams.start('a', source)
  await streams.stop('a')
  expect((await run.done).reason).toBe('stopped')
  expect(isCancelled).toBe(true)
})

describe('a source that is not used is let go of', () => {
  const cancellable = (fault?: Error): { cancelled: () => boolean; source: ReadableStream } => {
    let isCancelled = false
    const source = new ReadableStream({
      cancel() {
        isCancelled = true
        if (fault) throw fault
      },
    })
    return { cancelled: () => isCancelled, source }
  }

  test('if the signal has aborted before the start', async () => {
    const { cancelled, source } = cancellable()
    const run = await createStreams().start('a', source, { signal: AbortSignal.abort() })
    expect((await run.done).reason).toBe('stopped')
    expect(cancelled()).toBe(true)
  })

  test('if the log is damaged', async () => {
    const store = memoryStore()
    const options = { create: true, keep: 60_000 }
    await store.append('a', { epoch: 1, number: 0 }, `:w ${'0'.repeat(20)}\n\n`, options)
    await store.append('a', { epoch: 1, number: 2 }, 'data: b\n\n', options)
    const { cancelled, source } = cancellable()
    const run = await createStreams({ store }).start('a', source, { takeover: true })
    expect((await run.done).reason).toBe('damaged')
    expect(cancelled()).toBe(true)
  })

  test.each<[string, Error | undefined]>([
    ['the store fails while the log is taken over', undefined],
    ['the store fails, and letting go of the source does too', new Error('still busy')],
  ])('if %s', async (_, fault) => {
    const store = memoryStore()
    const options = { create: true, keep: 60_000 }
    await store.append('a', { epoch: 1, number: 0 }, `:w ${'0'.repeat(20)}\n\n`, options)
    const broken = Object.assign(new Error('no permission'), { permanent: true })
    const read = (): Promise<never> => Promise.reject(broken)
    const errors: unknown[] = []
    const onError = (error: unknown): void => void errors.push(error)
    const { cancelled, source } = cancellable(fault)
    const streams = createStreams({ store: { ...store, read }, onError })
    const run = await streams.start('a', source, { takeover: true })
    expect((await run.done).reason).toBe('error')
    expect(cancelled()).toBe(true)
    expect(errors[0]).toMatchObject({ code: 'unavailable', cause: broken })
    expect(errors.slice(1)).toEqual(fault ? [fault] : [])
  })

  test('if the log exists', async () => {
    const streams = createStreams()
    await streams.stop('a')
    const { cancelled, source } = cancellable()
    expect((await streams.start('a', source)).started).toBe(false)
    expect(cancelled()).toBe(true)
  })
})

test('`keep: Infinity` is a number that every store can add to a time', async () => {
  const store = memoryStore()
  const keeps: number[] = []
  const { append } = store
  Object.assign(store, {
    append: (...args: Parameters<typeof append>) => {
      keeps.push(args[3].keep)
      return append(...args)
    },
  })
  await (
    await createStreams({ store, keep: Infinity }).start('a', [])
  ).done
  const centuries = 10 * 100 * 366 * 24 * 3_600_000
  for (const keep of keeps) expect(Number.isSafeInteger(keep) && keep > centuries).toBe(true)
  expect(keeps.length).toBe(2)
})

test('a `signal` that is not an `AbortSignal` throws `bad-option`, and does not claim the log', async () => {
  const streams = createStreams()
  const signal = new AbortController() as unknown as AbortSignal
  await expect(streams.start('a', [], { signal })).rejects.toMatchObject({ code: 'bad-option' })
  expect(await streams.state('a')).toBe(undefined)
})

test('a store that answers something else than entries ends the run, and `onError` gets what went wrong', async () => {
  const store = memoryStore()
  const errors: unknown[] = []
  const streams = createStreams({ store, onError: (error) => errors.push(error) })
  const broken = {
    ...store,
    append: async () => 'refused' as const,
    read: async () => null as never,
  }
  Object.assign(store, {
    append: async (...args: Parameters<typeof store.append>) => {
      Object.assign(store, broken)
      return memoryStore().append(...args)
    },
  })
  const run = await streams.start('a', [{ data: '1' }])
  expect((await run.done).reason).toBe('unreachable')
  expect(errors[0]).toBeInstanceOf(TypeError)
})

test('an unknown option of start() and read() throws `bad-option`, and claims no log', async () => {
  const streams = createStreams()
  const wrong = { takeOver: true, lastEventId: '1-1' } as object
  await expect(streams.start('a', [], wrong)).rejects.toThrow(
    'Unknown option `takeOver`. The options are: takeover, signal.',
  )
  expect(await streams.state('a')).toBeUndefined()
  expect(() => streams.read('a', { lastEventId: '1-1' } as object)).toThrow(
    'Unknown option `lastEventId`. The options are: after, gap, ending.',
  )
})

test('an unknown option of createStreams throws `bad-option` with the names of all options', () => {
  const misspelt = { leese: 1 } as object
  expect(() => createStreams(misspelt)).toThrow(
    expect.objectContaining({
      code: 'bad-option',
      message:
        'Unknown option `leese`. The options are: lease, keep, poll, patience, highWaterMark, maxBytes, store, share, onError, platform.',
    }),
  )
})
