import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { expectForEveryCut, parseInOrder, sorted } from './support/outcome.ts'
import bom from './spec/bom.md?raw'
import comments from './spec/comments.md?raw'
import data from './spec/data.md?raw'
import dispatch from './spec/dispatch.md?raw'
import endOfStream from './spec/end-of-stream.md?raw'
import event from './spec/event.md?raw'
import fields from './spec/fields.md?raw'
import hostileNames from './spec/hostile-names.md?raw'
import id from './spec/id.md?raw'
import lineEnds from './spec/line-ends.md?raw'
import retry from './spec/retry.md?raw'
import utf8 from './spec/utf-8.md?raw'
import { bytesOf, readTranscripts } from './support/transcripts.ts'

const sections = Object.entries({
  bom,
  'line-ends': lineEnds,
  fields,
  data,
  event,
  id,
  retry,
  comments,
  dispatch,
  'end-of-stream': endOfStream,
  'utf-8': utf8,
  'hostile-names': hostileNames,
}).map(([name, markdown]) => [name, readTranscripts(markdown)] as const)

describe.each(sections)('%s', (_name, transcripts) => {
  test.each(transcripts.map((transcript) => [transcript.title, transcript] as const))(
    '%s',
    (_title, { bytes, items, lastEventId, pending }) => {
      const expected = {
        items,
        lastEventId,
        pending: pending && { ...pending, fields: pending.fields.toSorted() },
      }
      expectForEveryCut(bytes, expected, (chunks) => {
        const { items, outcome } = parseInOrder(chunks)
        return { items, lastEventId: outcome.lastEventId, pending: outcome.pending }
      })
      // The transcripts are held against the reference too: two have to be wrong in the same way.
      const { outcome } = parseInOrder([bytes])
      expect(outcome).toEqual(sorted(referenceParse(bytes)))
    },
  )
})

describe('the transcripts', () => {
  const all = sections.flatMap(([, transcripts]) => transcripts)

  test('tell every vector, once, as it is', () => {
    const told = new Map(all.map(({ from, bytes }) => [from, bytes]))
    told.delete('own')
    expect([...told.keys()].toSorted()).toEqual(vectors.map(({ name }) => name).toSorted())
    for (const { name, bytes } of vectors) expect(told.get(name), name).toEqual(bytes)
    expect(all.filter(({ from }) => from !== 'own')).toHaveLength(vectors.length)
  })

  test('tell each stream once', () => {
    const streams = all.map(({ bytes }) => bytes.join())
    expect(streams.filter((stream, index) => streams.indexOf(stream) !== index)).toEqual([])
  })
})

describe('the format of transcripts', () => {
  const told = (stream: string, out: string) =>
    `# Heading\n\nIntroduction.\n\n## Title\n\nProse.\n\nFrom: own\n\n\`\`\`stream\n${stream}\n\`\`\`\n\n\`\`\`out\n${out}\n\`\`\`\n`

  test('says what it is meant to', () => {
    const out = [
      'event "a\\nb" named "n" id "1"',
      'event "" after id "1"',
      'event "c" named "m"',
      'event "d" id ""',
      'comment " x"',
      'retry 5',
      'unknown "f" = "g: \\"h\\""',
      'last event id "9"',
      'pending 12 bytes: id, data',
    ]
    expect(readTranscripts(told('\\xef\\u{e9}é\\n\n\\\\n', out.join('\n')))).toEqual([
      {
        title: 'Title',
        from: 'own',
        bytes: Uint8Array.of(0xef, 0xc3, 0xa9, 0xc3, 0xa9, 0x0a, 0x5c, 0x6e),
        items: [
          { event: { event: 'n', data: 'a\nb', id: '1', lastEventId: '1' } },
          { event: { event: undefined, data: '', id: undefined, lastEventId: '1' } },
          { event: { event: 'm', data: 'c', id: undefined, lastEventId: '' } },
          { event: { event: undefined, data: 'd', id: '', lastEventId: '' } },
          { comment: ' x' },
          { retry: 5 },
          { unknown: ['f', 'g: "h"'] },
        ],
        lastEventId: '9',
        pending: { bytes: 12, fields: ['id', 'data'] },
      },
    ])
  })

  test.each([
    'event',
    'event a',
    'event "a" id',
    'evnt "a"',
    'retry',
    'retry 5 ',
    'pending',
    'pending 5 bytes: dat',
    '',
  ])('does not know %j', (line) => {
    expect(() => readTranscripts(told('data', line))).toThrow('Not a line')
  })

  test.each(['\\', '\\q', '\\x1', '\\u{}'])('does not know the escape %j', (stream) => {
    expect(() => bytesOf(stream)).toThrow('Not an escape')
  })

  test('has a heading, an origin, a stream and what comes out', () => {
    const right = told('data', 'retry 5')
    for (const part of [
      '# Heading\n\n',
      'From: own\n\n',
      '```stream\ndata\n```\n\n',
      '```out\nretry 5\n```\n',
    ]) {
      expect(readTranscripts(right)).toHaveLength(1)
      expect(() => readTranscripts(right.replace(part, ''))).toThrow('No')
    }
  })
})
