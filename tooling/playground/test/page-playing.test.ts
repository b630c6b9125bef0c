import { describe, expect, it } from 'vitest'
import { Player } from '../page/state/player.ts'
import { Recording } from '../page/stream/recording.ts'
import { type Scene, sceneRequest } from '../page/stream/scenes.ts'
import { readHeaders } from '../page/stream/ask-model.ts'
import { Tape } from '../page/stream/tape.ts'
import { histogramOf, metricsAt, rateCurve, spreadOf, stallsIn } from '../page/stream/timing.ts'

const byte = Uint8Array.of(0x20)
const SETTINGS = { status: 200, contentType: '', headers: [], headAt: 0, timing: 'live' } as const

function tapeAt(...times: number[]): Tape {
  const tape = new Tape()
  for (const at of times) tape.push(byte, at)
  return tape
}

describe('a player', () => {
  it('goes with what arrives, to the end', () => {
    const tape = tapeAt(10)
    const player = new Player(tape)
    expect(player.tick(0)).toBe(true)
    expect(player.position).toBe(1)
    expect(player.tick(1)).toBe(false)
    tape.push(byte, 20)
    tape.end = { at: 30, how: 'closed' }
    player.tick(2)
    expect([player.position, player.isPlaying, player.isAtEnd]).toEqual([3, false, true])
  })

  it('stays where it is put, whatever arrives', () => {
    const tape = tapeAt(10, 20)
    const player = new Player(tape)
    player.seek(1)
    tape.push(byte, 30)
    expect(player.tick(100)).toBe(false)
    expect(player.position).toBe(1)
    player.seek(-5)
    expect(player.position).toBe(0)
    player.seek(99)
    expect(player.position).toBe(3)
  })

  it('goes to the end, and on with what arrives', () => {
    const tape = tapeAt(10, 20)
    const player = new Player(tape)
    player.seek(0)
    player.toEnd()
    expect([player.position, player.isPlaying, player.isLive]).toEqual([2, true, true])
    tape.push(byte, 30)
    player.tick(1)
    expect(player.position).toBe(3)
    tape.end = { at: 40, how: 'closed' }
    player.toEnd()
    expect([player.position, player.isPlaying]).toEqual([4, false])
  })

  it('plays on at the pace of the recording, and then goes with what arrives', () => {
    const tape = tapeAt(10, 20, 30)
    const player = new Player(tape)
    player.seek(1)
    player.play(1000)
    player.tick(1009)
    expect(player.position).toBe(1)
    player.tick(1010)
    expect(player.position).toBe(2)
    player.tick(1020)
    expect([player.position, player.isLive]).toEqual([3, true])
    tape.push(byte, 90)
    player.tick(1021)
    expect(player.position).toBe(4)
  })

  it('plays slower, and from the beginning when it is at the end', () => {
    const tape = tapeAt(10, 20)
    tape.end = { at: 20, how: 'closed' }
    const player = new Player(tape)
    player.tick(0)
    expect(player.isAtEnd).toBe(true)
    player.rate = 0.5
    player.toggle(0)
    expect(player.position).toBe(0)
    player.tick(20)
    expect(player.position).toBe(1)
    player.toggle(21)
    player.tick(500)
    expect([player.position, player.isPlaying]).toEqual([1, false])
    player.toggle(500)
    player.tick(520)
    expect([player.position, player.isPlaying]).toEqual([3, false])
  })
})

describe('timing', () => {
  it('tells a stall from a slow stream', () => {
    const slow = Array.from({ length: 10 }, (_, index) => index * 400)
    expect(stallsIn(tapeAt(...slow), 10)).toEqual([])
    expect(stallsIn(tapeAt(0, 10, 20, 900, 910), 5)).toEqual([{ from: 20, to: 900 }])
    expect(stallsIn(tapeAt(0, 10, 20, 900, 910), 3)).toEqual([])
  })

  it('counts the wait for the end', () => {
    const tape = tapeAt(0, 10, 20)
    tape.end = { at: 2000, how: 'stopped' }
    expect(stallsIn(tape, tape.steps)).toEqual([{ from: 20, to: 2000 }])
  })

  it('reads times and rates off a recording', async () => {
    const recording = new Recording({ ...SETTINGS, headAt: 5 })
    const push = (chunk: object, at: number): void =>
      recording.push(new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`), at)
    const say = (content: string): object => ({ choices: [{ index: 0, delta: { content } }] })
    push({ choices: [{ index: 0, delta: { role: 'assistant' } }] }, 10)
    for (let index = 0; index < 11; index++) push(say('a'), 100 + 100 * index)
    push(
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 21, total_tokens: 22 } },
      1110,
    )
    await recording.end({ at: 1111, how: 'closed' })
    expect(metricsAt(recording, recording.tape.steps)).toMatchObject({
      head: 5,
      ttfb: 10,
      ttft: 100,
      itl: { count: 10, p50: 100, p95: 100, max: 100 },
      tokensPerSecond: 20,
      stalls: [],
    })
    expect(metricsAt(recording, 1)).toMatchObject({ ttfb: 10, ttft: undefined, itl: undefined })
    const waiting = { from: 1110, to: 1800 }
    expect(metricsAt(recording, 1, waiting).stalls).toEqual([waiting])
    // After the last piece there is time enough for it to fade out.
    const curve = rateCurve(recording, 1300, 100)
    expect(curve).toHaveLength(100)
    // What is smoothed is spread, not lost.
    const area = curve.reduce((sum, rate) => sum + rate * 0.013, 0)
    expect(area).toBeCloseTo(11, 6)
  })

  it('has no metrics for a stream without times', async () => {
    const recording = new Recording({ ...SETTINGS, timing: 'none' })
    for (const at of [1, 2])
      recording.push(new TextEncoder().encode('data: {"choices":[]}\n\n'), at)
    await recording.end({ at: 3, how: 'closed' })
    const { stalls, ...times } = metricsAt(recording, recording.tape.steps)
    expect(Object.values(times)).toEqual([undefined, undefined, undefined, undefined, undefined])
    expect(stalls).toEqual([])
  })

  it('spreads times by nearest rank, and counts them in bars that double', () => {
    const spread = spreadOf([0, 0, 3, 5, 20])!
    expect(spread).toMatchObject({ count: 5, p50: 3, p95: 20, max: 20 })
    expect(histogramOf(spread).map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 4, 1],
      [4, 8, 1],
      [8, 16, 0],
      [16, 32, 1],
    ])
    expect(spreadOf([])).toBeUndefined()
  })

  it.each([
    ['evenly', (index: number) => 40 * index],
    ['evenly, the last four together', (index: number) => 40 * Math.min(index, 46)],
    ['all at once', () => 1900],
  ])('makes nothing of pieces that come %s that did not come', async (_, timeOf) => {
    const recording = new Recording(SETTINGS)
    const data = JSON.stringify({ choices: [{ index: 0, delta: { content: 'x' } }] })
    const times = Array.from({ length: 50 }, (_, index) => timeOf(index))
    for (const at of times) recording.push(new TextEncoder().encode(`data: ${data}\n\n`), at)
    const until = times.at(-1)!
    await recording.end({ at: until, how: 'closed' })
    const columns = 300
    const curve = rateCurve(recording, until, columns)
    // The most that came in a twelfth of the time, wherever it begins.
    const wide = until / 12 + until / columns
    const most = Math.max(
      ...times.map((from) => times.filter((at) => at >= from && at <= from + wide).length),
    )
    expect(Math.max(...curve)).toBeLessThanOrEqual((most / (until / 12)) * 1000 + 1e-6)
    expect(Math.max(...curve)).toBeGreaterThan(0)
    const first = Math.floor((times[0]! / until) * columns)
    expect(curve.slice(0, Math.min(first, columns - 1)).every((rate) => rate === 0)).toBe(true)
  })
})

describe('requests', () => {
  const scene: Scene = {
    id: 'x/y',
    title: 'X',
    from: 'here',
    dialect: 'openai',
    note: '',
    bytes: 1,
    isTimed: true,
    path: '/v1/chat/completions',
    body: { model: 'replay/x/y', stream: true },
  }
  const optionsOf = (playing: object): unknown =>
    JSON.parse(
      sceneRequest(scene, { speed: '', cuts: '', fault: '', at: 0.5, ...playing }).body ?? '',
    ).playground

  it.each([
    [{}, { speed: 30, cuts: 'event' }],
    [{ speed: 'max' }, { speed: 'max', cuts: 'event' }],
    [{ speed: 'recorded' }, { speed: 'recorded', cuts: 'recorded' }],
    [
      { speed: '100', cuts: 'hostile' },
      { speed: 100, cuts: 'hostile', seed: 1 },
    ],
    [
      { fault: 'drop', at: 0.25 },
      { speed: 30, cuts: 'event', fault: 'drop', at: 0.25 },
    ],
    [
      { fault: 'stall-for-ever' },
      { speed: 30, cuts: 'event', fault: 'stall', stallMs: 0, at: 0.5 },
    ],
  ])('ask for %j', (playing, options) => {
    expect(optionsOf(playing)).toEqual(options)
  })

  it('name times after what they are', () => {
    const timingOf = (speed: string, isTimed = true): string =>
      sceneRequest({ ...scene, isTimed }, { speed, cuts: '', fault: '', at: 0.5 }).timing
    expect(timingOf('')).toBe('paced')
    expect(timingOf('recorded')).toBe('replay')
    expect(timingOf('recorded', false)).toBe('paced')
  })

  it('take headers as people write them', () => {
    expect(readHeaders('a: 1\n\n X-Y :  two: three ')).toEqual({
      headers: { a: '1', 'X-Y': 'two: three' },
    })
    expect(readHeaders('a: 1\nnonsense')).toEqual({ wrong: 'nonsense' })
    expect(readHeaders('(: 1')).toEqual({ wrong: '(: 1' })
    expect(readHeaders('a: Grüße')).toEqual({ headers: { a: 'Grüße' } })
    expect(readHeaders('a: ключ')).toEqual({ wrong: 'a: ключ' })
  })
})
