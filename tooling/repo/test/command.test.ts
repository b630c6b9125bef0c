import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { startProgress } from '../../config/command.ts'

const root = path.resolve(import.meta.dirname, '../../..')

describe('the progress line', () => {
  const played = (isTTY: boolean, times: readonly number[]): string => {
    let written = ''
    let clock = 0
    const write = (text: string | Uint8Array): boolean => Boolean((written += text))
    const progress = startProgress(40, { isTTY, columns: 20, write }, () => clock)
    for (const time of times) {
      clock = time
      progress.begin(`case at ${time} ms`)
    }
    progress.clear()
    return written
  }

  test('is rewritten on a terminal, cut to its width, and removed at the end', () => {
    expect(played(true, [1, 100_000])).toBe(
      '\r\x1b[K[1 of 40] case at 1\r\x1b[K[2 of 40] case at 1\r\x1b[K',
    )
  })

  test('is printed at most every ten seconds elsewhere', () => {
    expect(played(false, [1, 10_001, 10_002, 30_000])).toBe(
      '[2 of 40] case at 10001 ms\n[4 of 40] case at 30000 ms\n',
    )
  })
})

/** The files of the tools that a person or a script starts. */
const commands = globSync('tooling/*/src/**/*.ts', { cwd: root }).filter((file) =>
  /readArgs\(|\busage\b.+from/.test(readFileSync(path.join(root, file), 'utf8')),
)

test('the commands of the tools are found', () => {
  expect(commands.length).toBeGreaterThan(5)
})

test.each(commands)('%s prints its usage for --help, and does nothing else', (file) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, '--help'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^(npm run|node) [\s\S]+\n\n/)
})
