import { spawn } from 'node:child_process'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'

const demo = path.resolve(import.meta.dirname, '../src/demo.ts')

/** Runs it as `npm start` does, with a pipe for a terminal. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env
  const begin = performance.now()
  const child = spawn(process.execPath, [demo, ...args], { env: { ...inherited, ...env } })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
  const status = await new Promise((resolve) => child.on('close', resolve))
  return { status, output, ms: performance.now() - begin }
}

describe.concurrent('the demonstration', () => {
  test('ends by itself, soon, in plain text where nobody sees colours', async () => {
    const { status, output, ms } = await run([])
    expect(output).toBe(stripVTControlCharacters(output))
    expect(output).toMatch(/closed in order[^]*ended between two events/)
    expect(output).toMatch(/was lost[^]*broke off \d+ bytes into an event/)
    expect(status).toBe(0)
    expect(ms).toBeLessThan(10_000)
  })

  test('shows one stream when asked for one', async () => {
    const { output } = await run(['llama-server/plain'])
    expect(output.match(/the message/g)).toHaveLength(1)
    expect(output).toMatch(/event 1 +begins/)
    expect(output).toMatch(/\d+ chunks, \d+ bytes, \d+ events/)
  })

  test('is in colour when asked to be, and not when asked not to be', async () => {
    const coloured = await run(['llama-server/plain'], { FORCE_COLOR: '1' })
    expect(coloured.output).not.toBe(stripVTControlCharacters(coloured.output))
    const plain = await run(['llama-server/plain'], { NO_COLOR: '1' })
    expect(plain.output).toBe(stripVTControlCharacters(plain.output))
  })

  test('says so when there is no such recording', async () => {
    const { status, output } = await run(['nobody/nothing'])
    expect(output).toMatch(/no recording.*npm start -- --list/)
    expect(output).not.toMatch(/\n {4}at /)
    expect(status).toBe(1)
  })
})
