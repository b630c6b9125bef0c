// The checks that read source: each is shown a violation, and has to report it; what is intact is this repository.
import { describe, expect, test } from 'vitest'
import { errors } from '../src/checks/errors.ts'
import { functionLength } from '../src/checks/function-length.ts'
import { language } from '../src/checks/language.ts'
import { publicNames } from '../src/checks/public-names.ts'
import { manifest, scratchRepository } from './scratch-repository.ts'

describe('public names', () => {
  const entry = { '.': './dist/index.js', './package.json': './package.json' }

  test('reports a name that two packages define, values and types alike', () => {
    const root = scratchRepository({
      'packages/x/package.json': manifest('x', {
        exports: { ...entry, './more': './dist/more.js' },
      }),
      'packages/x/src/index.ts': "export type { Thing } from './thing.ts'\n",
      'packages/x/src/thing.ts': 'export interface Thing { a: 1 }\n',
      'packages/x/src/more.ts': "export type { Thing } from './thing.ts'\nexport const make = 1\n",
      'packages/y/package.json': manifest('y', { exports: entry }),
      'packages/y/src/index.ts':
        'export class Thing {}\nexport const make = 2\nexport const own = 3\n',
    })
    expect(publicNames.problems(root)).toEqual([
      'Thing is exported by x and y for two things: rename one of them',
      'make is exported by x and y for two things: rename one of them',
    ])
  })

  test('accepts a name that one package passes on from another, and the names of a mirror', () => {
    const root = scratchRepository({
      'packages/x/package.json': manifest('x', { exports: entry }),
      'packages/x/src/index.ts': 'export interface Thing { a: 1 }\nexport const createParser = 1\n',
      'node_modules/x/package.json': { name: 'x', exports: './index.d.ts' },
      'node_modules/x/index.d.ts': 'export interface Thing { a: 1 }\n',
      'packages/y/package.json': manifest('y', { exports: entry }),
      'packages/y/src/index.ts': "export type { Thing } from 'x'\nexport type { Gone } from 'z'\n",
      'packages/z/package.json': manifest('@tesserae/parser', {
        exports: { './compat': './dist/compat.js' },
      }),
      'packages/z/src/compat.ts': 'export const createParser = 2\n',
    })
    expect(publicNames.problems(root)).toEqual([])
  })
})

describe('function length', () => {
  const lines = (count: number): string => 'a()\n'.repeat(count)

  test('reports a function of more than one screen, and not what a factory holds', () => {
    const root = scratchRepository({
      'packages/x/src/a.ts': `function long() {\n${lines(60)}}\n`,
      'packages/x/src/b.ts': `export const fits = () => {\n${lines(58)}}\n`,
      'packages/x/src/c.ts': `function make() {\n${lines(30)}function inner() {\n${lines(50)}}\n}\n`,
      'packages/x/test/a.test.ts': `test('x', () => {\n${lines(99)}})\n`,
    })
    expect(functionLength.problems(root)).toEqual([
      'packages/x/src/a.ts:1 has a function of 62 lines, and 60 are allowed: split it, or give the reason above it as "long: …"',
    ])
  })

  test('accepts a long function with a reason, and not with an empty one', () => {
    const root = scratchRepository({
      'packages/x/src/a.ts': `// long: one state per line of the standard\nfunction long() {\n${lines(60)}}\n`,
      'packages/x/src/b.ts': `// long: yes\nconst long = () => {\n${lines(60)}}\n`,
    })
    expect(functionLength.problems(root)).toHaveLength(1)
  })
})

describe('errors', () => {
  test('reports classes and texts outside of errors.ts', () => {
    const root = scratchRepository({
      'packages/x/src/a.ts': [
        'export class OwnError extends Error {}',
        "export const a = () => new TypeError('It is not one.')",
        'export const b = (name: string) => new Error(`No ${name}`)',
        "export const c = () => new RangeError(\n  'It is too far.')",
        "export const d = (code: string) => new OwnError(code, 'fixed')",
        "export const e = () => new OwnError('too-large', 'It is too large.')",
        "export const f = (name: string) => new OwnError('none', `No ${name}`)",
        'export const g = () => new TypeError("It isn\'t one.")',
      ].join('\n'),
      'packages/x/src/deep/errors.ts': [
        "export class GoodError extends Error { override readonly name = 'G'; readonly code: 'a' = 'a' }",
        'export class ChangedError extends Error { code: string }',
        "export const e = () => new GoodError('Here it may stand.')",
      ].join('\n'),
      'packages/testkit/src/a.ts': "export const f = () => new Error('It is part of a format.')",
    })
    expect(errors.problems(root)).toEqual([
      'packages/x/src/a.ts:1 has "class OwnError extends Error": errors stand in errors.ts',
      'packages/x/src/a.ts:2 has "new TypeError(\'It is not ": errors stand in errors.ts',
      'packages/x/src/a.ts:3 has "new Error(`No $": errors stand in errors.ts',
      'packages/x/src/a.ts:4 has "new RangeError(": errors stand in errors.ts',
      `packages/x/src/a.ts:7 has "new OwnError('too-large', 'It is too ": errors stand in errors.ts`,
      `packages/x/src/a.ts:8 has "new OwnError('none', \`No $": errors stand in errors.ts`,
      `packages/x/src/a.ts:9 has "new TypeError("It isn't ": errors stand in errors.ts`,
      'packages/x/src/deep/errors.ts:2: ChangedError needs `readonly code`',
    ])
  })
})

describe('language', () => {
  const says = async (text: string, file = 'README.md'): Promise<string[]> =>
    (await language.problems(scratchRepository({ [file]: text }))).map((problem) =>
      problem.replace(/: write .*/, ''),
    )

  test.each([
    ['An event is no JSON.', 'is no'],
    ['Wait, for it may come.', ', for it'],
    ['The events behind it.', 'behind'],
    ['The caller is told so.', 'is told'],
    ['Each is looked at once.', 'looked at'],
    ['Nobody reads this.', 'Nobody'],
    ['Read by others.', 'by others'],
  ])('reports %j', async (text, words) => {
    expect(await says(text)).toEqual([`README.md:1 says "${words}"`])
  })

  test.each([
    'It is no longer there.',
    'There is no recording.',
    'A server behind a proxy.',
    'Options, for example these.',
    'const nobody = 1',
  ])('accepts %j', async (text) => {
    expect(await says(text, text.startsWith('const') ? 'a.ts' : 'README.md')).toEqual([])
  })

  test('reads comments and strings of code over line ends, and names the line', async () => {
    const code =
      "// Fine.\nconst a = 1\n/**\n * This value is\n * no number.\n */\nthrow new Error('nobody came')\n"
    expect(await says(code, 'a.ts')).toEqual(['a.ts:4 says "is no"', 'a.ts:7 says "nobody"'])
  })

  test('leaves data alone', async () => {
    expect(await says('Nobody came.', 'packages/x/data/a.md')).toEqual([])
  })
})
