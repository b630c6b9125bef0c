import { describe, expect, test } from 'vitest'
import { collect } from '../support/examples/collect.ts'
import { markdown } from '../support/examples/documents.ts'
import { play } from '../support/examples/play.ts'
import { typeCheck } from '../support/examples/type-check.ts'
import type { Example } from '../support/examples/types.ts'

let made = 0
function example(...code: string[]): Example {
  const text = `${'\n'.repeat(made++)}\`\`\`ts\n${code.join('\n')}\n\`\`\``
  return { ...(collect('fixture.md', markdown(text)[0] ?? []).examples[0] as Example) }
}
/** The first line of each complaint, by the line of the example: `2: states…`. */
async function complaints(...code: string[]): Promise<string[]> {
  const one = example(...code)
  return (await play(one)).map((complaint) => {
    const [, line, rest] = /^fixture\.md:(\d+) ([^]*)$/.exec(complaint) ?? []
    return `${Number(line) - one.line + 1}: ${rest}`
  })
}

describe.concurrent('results that are as stated', () => {
  test.each([
    ['a value', ['1 + 1 // => 2']],
    ['a declared value', ['const x = [1, 2] // => [1, 2]', 'x.length // => 2']],
    ['a destructured value', ['const { a } = { a: 1, b: 2 } // => { a: 1, b: 2 }', 'a // => 1']],
    ['an awaited value', ['await Promise.resolve(3) // => 3']],
    ['a typed value', ['const x: number = 1 as number // => 1', 'x satisfies number // => 1']],
    ['a value on the line below', ['[1, 2].map(String)', "// => ['1', '2']"]],
    [
      'a value over several lines',
      ['({ a: 1, b: [2] })', '// => {', '//   a: 1,', '//   b: [2],', '// }'],
    ],
    ['what is printed', ["console.log('Hello,', 'world') // => Hello, world"]],
    ['what is printed, as a value', ["console.log({ a: 'x' }) // => { a: 'x' }"]],
    ['what is printed below', ['for (const n of [1, 2]) console.log(n)', '// => 1', '// => 2']],
    [
      'what a block prints',
      ['for (const n of [1, 2]) {', '  console.log(n)', '}', '// => 1', '// => 2'],
    ],
    ['what is printed, with quotes', ["console.log(undefined, 'a') // => undefined 'a'"]],
    ['turns', ["for (const n of ['a', 'b']) console.log(n) // => 'a', then 'b'"]],
    ['a text with the word then', ["console.log('a, then b') // => a, then b"]],
    ['a part of a text', ["console.log('took 12 ms') // => took … ms"]],
    ['an error by its message', ["JSON.parse('{') // throws in JSON"]],
    ['an error by its name', ["JSON.parse('{') // throws SyntaxError"]],
    [
      'an error by its code',
      [
        "Object.assign(new Error('x'), { code: 'e1' })",
        "await Promise.reject({ code: 'e1' }) // throws e1",
      ],
    ],
    ['a callback that comes later', ['setTimeout(() => {', '  console.log(1) // => 1', '}, 20)']],
    ['a remark that states nothing', ['const x = 1 // one', 'x // => 1']],
    ['no semicolons', ['const x = 1', '// => 1', 'x + 1 // => 2', ';[1].at(0) // => 1']],
  ])('%s', async (_, code) => {
    expect(await complaints(...code)).toEqual([])
  })
})

describe.concurrent('results that are not', () => {
  test.each([
    ['a value', ['1 + 1 // => 3'], '1: states\n3\nbut it gave 2'],
    ['a kind of value', ["1 + 1 // => '2'"], "1: states\n'2'\nbut it gave 2"],
    ['a declared value', ['0', 'const x = [1] // => [2]'], '2: states\n[2]\nbut it gave [ 1 ]'],
    [
      'a class',
      ['class A { a = 1 }', 'new A() // => { a: 1 }'],
      '2: states\n{ a: 1 }\nbut it gave A { a: 1 }',
    ],
    ['a printed text', ["console.log('a') // => b"], '1: states\nb\nbut it printed\na'],
    [
      'one line too many',
      ['for (const n of [1, 2]) console.log(n)', '// => 1'],
      '2: states\n1\nbut it printed\n1\n2',
    ],
    [
      'one line too few',
      ['for (const n of [1]) console.log(n)', '// => 1', '// => 2'],
      '2: states\n1\n2\nbut it printed\n1',
    ],
    [
      'a turn',
      ["for (const n of ['a', 'c']) console.log(n) // => 'a', then 'b'"],
      "1: states\n'a', then 'b'\nbut at turn 2 it printed\nc",
    ],
    [
      'a turn too few',
      ["for (const n of ['a']) console.log(n) // => 'a', then 'b'"],
      '1: states 2 turns, and there were 1',
    ],
    [
      'a turn too many',
      ["for (const n of 'abc') console.log(n) // => 'a', then 'b'"],
      "1: states\n'a', then 'b'\nbut it printed\nc",
    ],
    ['no error', ['1 // throws x'], '1: states that it throws x, but it did not throw'],
    [
      'a line that is never reached',
      ['if (Math.random() > 2) {', '  1 // => 1', '}'],
      '2: states a result that is never reached',
    ],
  ])('%s', async (_, code, complaint) => {
    expect(await complaints(...code)).toEqual([complaint])
  })

  test('another error than the one stated', async () => {
    const [first] = await complaints("throw new Error('b') // throws a")
    expect(first).toMatch(/^1: states that it throws a, but it threw Error: b/)
  })

  test('an error that the example does not announce', async () => {
    const [first] = await complaints('const x = 1', "throw new Error('b')")
    expect(first).toMatch(/^2: threw Error: b/)
  })

  test('a promise that is not awaited', async () => {
    const [first] = await complaints(
      'void Promise.reject(new Error("b"))',
      'setInterval(() => {}, 9)',
      'await new Promise(() => {})',
    )
    expect(first).toMatch(/threw Error: b/)
  })

  test('a module that leaves before its end', async () => {
    const [first] = await complaints('process.exit(0)')
    expect(first).toMatch(/ended with code 0 before it was done/)
  })

  test('a module that never ends', async () => {
    const endless = example('while (true);')
    expect(await play(endless, 500)).toEqual([
      `fixture.md:${endless.line} did not end within 0.5 s`,
    ])
  })
})

test('types are checked, under strict', () => {
  const right = example('const n: number = 1', 'n // => 1')
  const wrong = example('const n: number = 1', 'const s: string = n', 's')
  const complaints = typeCheck([right, wrong])
  expect(complaints.get(right)).toBeUndefined()
  expect(complaints.get(wrong)?.join()).toMatch(
    `fixture.md:${wrong.line + 1} error TS2322: Type 'number' is not assignable to type 'string'.`,
  )
})
