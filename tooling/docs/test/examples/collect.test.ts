import { describe, expect, test } from 'vitest'
import { collect } from '../support/examples/collect.ts'
import { markdown, tsdoc } from '../support/examples/documents.ts'
import { moduleOf } from '../support/examples/play.ts'

const read = (text: string) => collect('x.md', markdown(text)[0] ?? [])
const code = (text: string) =>
  read(text).examples.map((example) => moduleOf(example).map((line) => line.text))
const complaints = (text: string) =>
  read(text).problems.map(({ line, message }) => `${line}: ${message}`)

describe('what is an example', () => {
  test('blocks of ts and js, by their first word', () => {
    expect(code('```ts\na\n```\n\n```js\nb\n```\n\n```sh\nc\n```\n\n```text\nd\n```')).toEqual([
      ['a'],
      ['b'],
    ])
  })

  test('a block inside a longer fence is text', () => {
    expect(code('````md\n```ts\na\n```\n````\n')).toEqual([])
  })

  test('the indent of a block in a list is not its own', () => {
    expect(code('- see\n\n  ```ts\n  if (a) {\n    b\n  }\n  ```\n')).toEqual([
      ['if (a) {', '  b', '}'],
    ])
  })

  test('lines keep the numbers that the document gives them', () => {
    const [example] = read('# Title\n\n```ts\na\nb\n```').examples
    expect(example?.line).toBe(4)
    expect(example?.lines.map(({ line }) => line)).toEqual([4, 5])
  })

  test('an @example ends at the next tag or with its comment', () => {
    const source = [
      '/**',
      ' * Does it.',
      ' *',
      ' * @example',
      ' * ```ts',
      ' * one()',
      ' * @decorated',
      ' * ```',
      ' * @returns nothing',
      ' * ```ts',
      ' * two()',
      ' * ```',
      ' */',
      '```ts',
      'three()',
      '```',
    ].join('\n')
    const sections = tsdoc(source).map((lines) => collect('x.ts', lines).examples)
    expect(sections.map((all) => all.map(({ line, lines }) => [line, lines.length]))).toEqual([
      [[6, 2]],
    ])
  })
})

test('an @example without a fence is all code', () => {
  const source = '/**\n * Does it.\n *\n * @example\n * one()\n *\n * two()\n */\n'
  const [example] = tsdoc(source).flatMap((lines) => collect('x.ts', lines).examples)
  expect(example?.lines).toEqual([
    { text: 'one()', line: 5 },
    { text: '', line: 6 },
    { text: 'two()', line: 7 },
    { text: '', line: 8 },
  ])
})

describe('markers', () => {
  test('a prelude stands before the code, an epilogue after it', () => {
    const text = '<!-- example: prelude\na\n-->\n<!-- example: epilogue\nc\n-->\n\n```ts\nb\n```'
    expect(code(text)).toEqual([['a', 'b', 'c']])
  })

  test('a prelude with a name is imported', () => {
    const [[first] = []] = code('<!-- example: prelude response -->\n```ts\nb\n```')
    expect(first).toBe("import { response } from '#preludes/response'")
  })

  test('an example that continues has the one before it in front, without its epilogue', () => {
    const text =
      "<!-- example: epilogue\nz\n-->\n```ts\nimport { a } from 'a'\na(1)\n```\n" +
      "<!-- example: continues -->\n```ts\nimport { a } from 'a'\na(2)\n```"
    expect(code(text)[1]).toEqual(["import { a } from 'a'", 'a(1)', 'a(2)'])
  })
})

describe('what is refused', () => {
  test.each([
    ['```ts\na', '1: the code block that begins here is never closed'],
    [
      '```ts skip\na\n```',
      '1: "skip" means nothing here; an example that cannot run says "no-run: why"',
    ],
    [
      '```ts no-run:\na\n```',
      '1: "no-run:" means nothing here; an example that cannot run says "no-run: why"',
    ],
    [
      '<!-- example: continues -->\n```ts\na\n```',
      '1: there is no example before this one that it could continue',
    ],
    ['<!-- example: prelude -->\n```ts\na\n```', '1: no such marker: <!-- example: prelude -->'],
    ['<!-- example: prelude unknown -->\n```ts\na\n```', '1: no prelude is called "unknown"'],
    [
      '<!-- example: prelude\na\n-->\ntext\n```ts\na\n```',
      '1: a marker has to stand right above a block of ts or js',
    ],
    ['<!-- example: prelude\na\n-->\n```sh\na\n```', '1: a marker stands above a block of "sh"'],
    [
      '```jsx\na\n```',
      '1: a block of "jsx" is not tried: ts, js and sh are, and text may be anything',
    ],
    ['```tsx\na\n```', '1: a block of tsx is not run: say "no-run: why"'],
    ['```\na\n```', '1: a block of "" is not tried: ts, js and sh are, and text may be anything'],
    [
      '<!-- example: prelude\na',
      '1: the marker that begins here is never closed by a line with -->',
    ],
  ])('%j', (text, complaint) => {
    expect(complaints(text)).toContain(complaint)
  })
})
