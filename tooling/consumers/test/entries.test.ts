import { expect, it } from 'vitest'
import { checkEntries } from '../src/entries.ts'
import { makeScene, thisNode, type Files } from './scene.ts'

async function failures(files: Files = {}): Promise<string[]> {
  const { name, command } = thisNode
  if (command === undefined) throw new Error('Node is a command.')
  const { installed } = makeScene({}, files)
  const result = await checkEntries(installed, { name, command })
  return result.failures.map(({ name, message }) => `${name}: ${message}`)
}

it('a good package can be imported and required', async () => {
  expect(await failures()).toEqual([])
})

it('a name that the source does not have is seen, and one that it has', async () => {
  const found = await failures({ 'dist/index.js': 'export const wait = 1' })
  expect(found).toEqual([
    'import of @tesserae/pebble: Names: weight missing, wait unexpected.',
    'require of @tesserae/pebble: Names: weight missing, wait unexpected.',
  ])
})

it('a package that waits while loading can be imported, not required', async () => {
  const found = await failures({ 'dist/index.js': 'export const weight = await 1' })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('require of @tesserae/pebble')
})

it('a package that is not installed is not taken from further up', async () => {
  const found = await failures({ 'package.json': '' })
  expect(found).toHaveLength(2)
})

it('a package that ends the process has loaded nothing', async () => {
  const found = await failures({ 'dist/index.js': 'process.exit(0)' })
  expect(found.join()).toContain('ended with code 0')
})
