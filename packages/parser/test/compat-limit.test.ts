import { createParser } from '@tesserae/parser/compat'
import { expect, test } from 'vitest'

for (const options of [undefined, { consume: false }, { consume: true }])
  test(`reset(${JSON.stringify(options) ?? ''}) starts over after an event over the limit`, () => {
    const seen: string[] = []
    const parser = createParser({
      maxBufferSize: 8,
      onEvent: ({ data }) => seen.push(data),
      onError: ({ type }) => seen.push(type),
    })
    parser.feed('data: far too long\n\n')
    parser.reset(options)
    parser.feed('data: ok\n\n')
    expect(seen).toEqual(['max-buffer-size-exceeded', 'ok'])
  })
