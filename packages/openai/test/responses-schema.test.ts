import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { split } from '@tesserae/openai/responses'
import { modelResponse, outputItem, responseEvent } from '@tesserae/openai/responses/schema'
import { responseStream } from '@tesserae/testkit/responses'

const issuesOf = (
  schema: typeof responseEvent | typeof modelResponse | typeof outputItem,
  value: unknown,
) =>
  schema['~standard']
    .validate(value)
    .issues?.map(({ path, received }) => `${path.join('.')}: ${received}`)

describe('validators', () => {
  test('the events of `split` are valid, and so are responses', () => {
    fc.assert(
      fc.property(responseStream(), ({ response }) => {
        expect(issuesOf(modelResponse, response)).toBeUndefined()
        for (const event of split(response as never))
          expect(issuesOf(responseEvent, event)).toBeUndefined()
      }),
    )
  })

  test('events, items and parts of unknown types are valid', () => {
    const item = { type: 'item_of_the_future' }
    expect(issuesOf(responseEvent, { type: 'response.of.the.future' })).toBeUndefined()
    expect(issuesOf(outputItem, item)).toBeUndefined()
    expect(issuesOf(outputItem, { type: 'reasoning', id: 'r', summary: [item] })).toBeUndefined()
  })

  test.each([
    ['no object', null, [': null']],
    ['no type', {}, ['type: missing']],
    [
      'no place',
      { type: 'response.refusal.delta', delta: 'No' },
      [
        'sequence_number: missing',
        'output_index: missing',
        'item_id: missing',
        'content_index: missing',
      ],
    ],
    [
      'a bad index',
      {
        type: 'response.compaction.compacting',
        sequence_number: 0,
        output_index: -1,
        item_id: 'x',
      },
      ['output_index: another number'],
    ],
    [
      'a bad item',
      {
        type: 'response.output_item.done',
        sequence_number: 0,
        output_index: 0,
        item: { type: 'compaction', id: 'c' },
      },
      ['item.encrypted_content: missing'],
    ],
    [
      'a bad annotation',
      {
        type: 'response.output_text.annotation.added',
        sequence_number: 0,
        output_index: 0,
        item_id: 'x',
        content_index: 0,
        annotation_index: 0,
        annotation: { type: 'file_path', file_id: 'f' },
      },
      ['annotation.index: missing'],
    ],
  ])('an event with %s is not valid', (_, event, issues) => {
    expect(issuesOf(responseEvent, event)).toEqual(issues)
  })

  test('types called like properties of every object are unknown types', () => {
    expect(issuesOf(outputItem, { type: 'constructor' })).toBeUndefined()
    expect(issuesOf(outputItem, { type: '__proto__' })).toBeUndefined()
  })
})
