import { expect, it } from 'vitest'
import { checkDeclarations, type Compiler } from '../src/declarations.ts'
import { good, makeScene, scratch, type Files } from './scene.ts'

async function failures(compiler: Compiler, files: Files, tests: Files = {}) {
  const { installed } = makeScene(tests, files)
  const result = await checkDeclarations([installed], compiler, scratch)
  expect(result.passed + result.failed).toBe(4)
  return result.failures.map(({ name, message }) => `${name}: ${message}`)
}

const declaring = (text: string): Files => ({
  'dist/index.d.ts': `${good['dist/index.d.ts']}${text}\n`,
})

it.each(['typescript-oldest', 'typescript-newest'] as const)(
  '%s sees a type that does not exist, in each way of looking',
  async (compiler) => {
    const found = await failures(compiler, declaring('export declare const lost: Nowhere'))
    expect(found).toHaveLength(4)
    expect(found[0]).toContain('Nowhere')
  },
)

it('good declarations are taken', async () => {
  expect(await failures('typescript-newest', {})).toEqual([])
})

it('a type that only browsers have is seen by those who have no browser types', async () => {
  const found = await failures(
    'typescript-newest',
    declaring('export declare const x: HTMLElement'),
  )
  expect(found.map((text) => text.split(':')[0])).toEqual([
    'nodenext es2022 node',
    'bundler es2022 node',
  ])
})

it('a user of the package from its own tests is checked too', async () => {
  const tests = {
    'types/user.ts': `import { weight } from '@tesserae/pebble'\nexport const text: string = weight`,
  }
  expect(await failures('typescript-newest', {}, tests)).toHaveLength(4)
})

it('declarations that come from the workspace prove nothing', async () => {
  const files = declaring(`export * from '@tesserae/parser'`)
  const found = await failures('typescript-newest', files)
  expect(found).toHaveLength(4)
  expect(found[0]).toContain('It read packages/parser')
})
