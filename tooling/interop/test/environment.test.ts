import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

test('turbo passes on each variable that names a server', () => {
  const folder = path.resolve(import.meta.dirname, '..')
  const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8')
  const sources = globSync('src/**/*.ts', { cwd: folder }).map(read).join('\n')
  const variables = new Set(Array.from(sources.matchAll(/'([A-Z]+_SERVER)'/g), ([, name]) => name))
  expect([...variables].sort()).toEqual(['LLAMA_SERVER', 'REDIS_SERVER', 'VALKEY_SERVER'])
  const { tasks } = JSON.parse(read('turbo.json').replaceAll(/^ *\/\/.*$/gm, '')) as {
    tasks: Record<string, { passThroughEnv: string[] }>
  }
  for (const task of ['test', 'test:long'])
    expect(tasks[task]?.passThroughEnv).toEqual(expect.arrayContaining([...variables]))
})
