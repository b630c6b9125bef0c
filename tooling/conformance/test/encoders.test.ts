import { describe, expect, test } from 'vitest'
import { trialsOf } from '../src/encoders/corpus.ts'
import { type EncoderPeer, fields, type Sent } from '../src/encoders/peer.ts'
import { peers } from '../src/encoders/peers.ts'
import { runPeer } from '../src/encoders/area.ts'

test('@tesserae/encoder lets nothing in, and changes nothing', async () => {
  const { fields: results } = await runPeer(peers['@tesserae/encoder'])
  expect(Object.keys(results)).toEqual(['event', 'id', 'data', 'comment', 'retry'])
  for (const { injected, altered, trials, refused, exact } of Object.values(results)) {
    expect([injected, altered]).toEqual([0, []])
    expect(refused + exact).toBe(trials)
    expect(exact).toBeGreaterThan(1)
  }
})

test('each field is tried with each line end, and with values that have none', () => {
  for (const field of fields) {
    const trials = trialsOf(field)
    expect([...new Set(trials.map(({ end }) => end))].slice(0, 3)).toEqual(['LF', 'CR', 'CR LF'])
    expect(trials.length).toBeGreaterThan(11)
  }
})

describe('an encoder that', () => {
  const peer = (encode: (sent: Sent) => string, more: Partial<EncoderPeer> = {}): EncoderPeer => ({
    takes: ['event', 'data'],
    load: async () => {},
    use: (_, sent) => encode(sent),
    ...more,
  })
  const block = (event: string | undefined, data: string): string =>
    `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`

  test('writes what it is given lets everything in', async () => {
    const { event, data } = (await runPeer(peer((sent) => block(sent.event, sent.data ?? ''))))
      .fields
    expect(event).toMatchObject({ refused: 0, by: ['LF', 'CR', 'CR LF'] })
    expect(event?.injected).toBeGreaterThan(15)
    expect(data?.by).toEqual(['LF', 'CR', 'CR LF'])
  })

  test('knows LF alone lets CR in', async () => {
    const lines = (data: string): string => data.split('\n').join('\ndata: ')
    const { data } = (await runPeer(peer((sent) => block(sent.event, lines(sent.data ?? '')))))
      .fields
    expect(data?.by).toEqual(['CR'])
  })

  test('strips line ends alters', async () => {
    const strip = (text: string): string => text.replace(/[\r\n]/g, '')
    const stripping = peer(({ event, data = '' }) => block(event && strip(event), strip(data)))
    const { event, data } = (await runPeer(stripping)).fields
    expect([event?.injected, data?.injected]).toEqual([0, 0])
    expect(event?.altered).toContain(String.raw`"x\ndata: PWN"`)
    expect(data?.altered).toContain(String.raw`"x\n"`)
  })

  test('writes no space loses one', async () => {
    const { data } = (await runPeer(peer((sent) => `data:${sent.data}\n\n`, { takes: ['data'] })))
      .fields
    expect(data?.altered).toContain('" x"')
  })

  test('makes JSON is asked for the value', async () => {
    const json = (sent: Sent): string => block(undefined, JSON.stringify(sent.data))
    const { data } = (await runPeer(peer(json, { takes: ['data'], json: JSON.parse }))).fields
    expect(data).toMatchObject({ injected: 0, altered: [], refused: 0 })
  })

  test('refuses is safe', async () => {
    const refusing = peer(({ event, data = '' }) => {
      if (/[\r\n]/.test(`${event}${data}`) || !data.isWellFormed()) throw new Error('no')
      return block(event, data)
    })
    const { event, data } = (await runPeer(refusing)).fields
    expect([event?.injected, event?.altered, data?.altered]).toEqual([0, [], []])
    expect(event?.refused).toBe(30)
  })

  test('sends nothing that can be read is not an encoder', async () => {
    await expect(runPeer(peer(() => ''))).rejects.toThrow('It sends no harmless event')
  })
})
