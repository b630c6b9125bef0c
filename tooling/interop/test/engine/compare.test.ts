import { loadRecording } from '@tesserae/testkit/recordings'
import { readTranscript, writeTranscript, type Transcript } from '@tesserae/testkit/transcript'
import { describe, expect, it } from 'vitest'
import { cases } from '../../src/engine/cases.ts'
import { compare, diff, meaningDifference, missing } from '../../src/engine/compare.ts'
import { exactLines, shapeLines } from '../../src/engine/normalise.ts'

const tool = loadRecording('llama-server/tool')

/** The same recording with other words in its file. */
function edited(transcript: Transcript, before: string | RegExp, after: string): Transcript {
  const file = writeTranscript(transcript)
  const other = file.replace(before, after)
  expect(other).not.toBe(file)
  return readTranscript(other)
}

describe('two recordings', () => {
  it('are alike but for what differs from run to run', () => {
    let other = edited(tool, /"created":\d+/g, '"created":1')
    other = edited(other, /chatcmpl-[A-Za-z0-9]{32}/g, `chatcmpl-${'x'.repeat(32)}`)
    other = edited(other, /"predicted_ms":[\d.]+/g, '"predicted_ms":99.5')
    other = edited(other, /^@ [\d.]+$/gm, '@ 0')
    other = edited(other, /b11669/g, 'b99999')
    expect(diff(exactLines(tool), exactLines(other))).toEqual([])
  })

  it('are alike however the network cut them', () => {
    const oneRead = {
      ...tool,
      response: {
        ...tool.response,
        reads: tool.response.reads
          .flatMap(({ parts }) => parts)
          .map((part) => ({ at: 0, parts: [part] })),
      },
    }
    expect(diff(exactLines(tool), exactLines(oneRead))).toEqual([])
  })

  it.each<[string, string | RegExp, string]>([
    ['a word', '"arguments":"Paris"', '"arguments":"Parma"'],
    ['a name of a field', /"index":0,"delta"/, '"no":0,"delta"'],
    ['the order of fields', '{"finish_reason":null,"index":0,', '{"index":0,"finish_reason":null,'],
    ['a type', '"finish_reason":null', '"finish_reason":"0"'],
    ['a header', 'X-Accel-Buffering: no', 'X-Accel-Buffering: yes'],
    ['the status', '200 OK', '201 OK'],
    ['the end', / complete$/m, ' cut'],
    [
      'the meaning',
      '"name": "get_weather",\n          "arguments"',
      '"name": "get_climate",\n          "arguments"',
    ],
    ['the request', '"temperature": 0', '"temperature": 1'],
  ])('are told apart by %s', (_what, before, after) => {
    const lines = diff(exactLines(tool), exactLines(edited(tool, before, after)))
    expect(lines.length).toBeGreaterThanOrEqual(2)
    expect(lines.length).toBeLessThanOrEqual(4)
  })

  it('that were cut at another place have the same shape', () => {
    const aborted = loadRecording('llama-server/abort-by-client')
    const { reads } = aborted.response
    const shorter = { ...aborted, response: { ...aborted.response, reads: reads.slice(0, -2) } }
    expect(diff(shapeLines(aborted), shapeLines(shorter))).toEqual([])
    expect(
      diff(shapeLines(aborted), shapeLines(edited(aborted, /"model":"tiny-chat",/g, ''))),
    ).not.toEqual([])
  })
})

describe('a comparison with the committed recordings', () => {
  const of = cases.find(({ name }) => name === 'tool')
  if (of === undefined) throw new Error('There is no case "tool".')

  it('says what is the same, changed, new and missing', () => {
    expect(compare({ name: 'tool', of, transcript: tool }).state).toBe('same')
    const changed = edited(tool, '"arguments":"Paris"', '"arguments":"Parma"')
    expect(compare({ name: 'tool', of, transcript: changed })).toMatchObject({
      state: 'changed',
      lines: { length: 2 },
    })
    expect(compare({ name: 'no-such-case', of, transcript: tool }).state).toBe('new')
    const names = cases.flatMap(({ name, unstreamed }) =>
      unstreamed === false ? [name] : [name, `${name}.unstreamed`],
    )
    expect(missing(names)).toEqual([])
    expect(missing(names.filter((name) => name !== 'tool'))).toEqual(['tool'])
  })

  it('can be of the meaning alone', () => {
    const grown = edited(
      tool,
      /"object":"chat.completion.chunk"/g,
      '"object":"chat.completion.chunk","new":1',
    )
    expect(compare({ name: 'tool', of, transcript: grown }).state).toBe('changed')
    expect(meaningDifference({ name: 'tool', of, transcript: grown })).toEqual([])
    expect(
      meaningDifference({ name: 'tool', of, transcript: loadRecording('llama-server/plain') }),
    ).not.toEqual([])
  })
})

describe('diff', () => {
  it.each<[string, string, string]>([
    ['', '', ''],
    ['abc', 'abc', ''],
    ['', 'ab', '+a+b'],
    ['ab', '', '-a-b'],
    ['abc', 'axc', '-b+x'],
    ['abc', 'abxc', '+x'],
    ['aab', 'ab', '-a'],
    ['abcdef', 'bdxf', '-a-c-e+x'],
  ])('of %j and %j', (before, after, expected) => {
    expect(
      diff([...before], [...after])
        .join('')
        .replaceAll(' ', ''),
    ).toBe(expected)
  })
})
