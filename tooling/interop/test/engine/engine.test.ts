import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ServerError } from '../../src/until-ready.ts'
import { startEngine } from '../../src/engine/server.ts'
import { writeZerosModel } from '../../src/engine/zeros.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'engine-'))
const given = process.env['LLAMA_SERVER']

afterEach(() => {
  if (given === undefined) delete process.env['LLAMA_SERVER']
  else process.env['LLAMA_SERVER'] = given
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that takes the place of llama-server. */
function standIn(script: string): void {
  const file = path.join(folder, 'llama-server')
  writeFileSync(file, `#!${process.execPath}\n${script}`, { mode: 0o755 })
  process.env['LLAMA_SERVER'] = file
}

async function failure(): Promise<ServerError> {
  try {
    await startEngine()
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
  throw new Error('It started.')
}

describe('startEngine', () => {
  it('starts the program that it is given, waits until it answers, and ends it', async () => {
    standIn(`
      if (process.argv.includes('--version')) { console.log('version: 1 (stand-in)'); process.exit() }
      const port = process.argv[process.argv.indexOf('--port') + 1]
      let asked = 0
      require('node:http').createServer((request, response) => {
        response.statusCode = ++asked < 3 ? 503 : 200
        response.end(process.argv.slice(2).join(' '))
      }).listen(port, '127.0.0.1')
    `)
    const engine = await startEngine({ model: 'a.gguf', alias: 'a', args: ['--jinja'] })
    expect(engine.version).toBe('llama.cpp llama-server 1 (stand-in)')
    const args = await (await fetch(engine.url)).text()
    expect(args).toMatch(/^--model a\.gguf --alias a --host 127\.0\.0\.1 --port \d+ .* --jinja$/)
    await engine.stop()
    expect(() => process.kill(engine.pid, 0)).toThrow('ESRCH')
    await expect(fetch(engine.url)).rejects.toThrow('fetch failed')
    await engine.stop()
  })

  it('ends one that does not listen', async () => {
    standIn(`
      if (process.argv.includes('--version')) process.exit()
      process.on('SIGTERM', () => {})
      const port = process.argv[process.argv.indexOf('--port') + 1]
      require('node:http').createServer((request, response) => response.end()).listen(port, '127.0.0.1')
    `)
    const engine = await startEngine()
    await engine.kill()
    expect(() => process.kill(engine.pid, 0)).toThrow('ESRCH')
  })

  it('says what the program said when it does not come up', async () => {
    standIn(`
      if (process.argv.includes('--version')) process.exit()
      console.error('no such model')
      process.exit(3)
    `)
    const error = await failure()
    expect([error.code, error.message]).toEqual([
      'not-started',
      'llama-server did not come up. The last it said:\nno such model',
    ])
  })

  it('tries another port when its port was taken meanwhile', async () => {
    const count = path.join(folder, 'count')
    writeFileSync(count, '')
    standIn(`
      if (process.argv.includes('--version')) process.exit()
      require('node:fs').appendFileSync(${JSON.stringify(count)}, 'x')
      console.error('error: bind: Address already in use')
      process.exit(1)
    `)
    expect((await failure()).code).toBe('not-started')
    expect(readFileSync(count, 'utf8')).toBe('xxx')
  })

  it('tries once when the log speaks of binding, but the port was free', async () => {
    const count = path.join(folder, 'count')
    writeFileSync(count, '')
    standIn(`
      if (process.argv.includes('--version')) process.exit()
      require('node:fs').appendFileSync(${JSON.stringify(count)}, 'x')
      console.error('main: binding port with default address family')
      console.error('main: exiting due to model loading error')
      process.exit(1)
    `)
    expect((await failure()).code).toBe('not-started')
    expect(readFileSync(count, 'utf8')).toBe('x')
  })

  it('is not available where the program does not run', async () => {
    process.env['LLAMA_SERVER'] = path.join(folder, 'nothing')
    expect((await failure()).code).toBe('unavailable')
  })
})

it('the model of zeros is a hole with a header', () => {
  const file = path.join(folder, 'zeros.gguf')
  writeZerosModel(file)
  const header = readFileSync(path.resolve(import.meta.dirname, '../../model/zeros.gguf'))
  expect(header.subarray(0, 4).toString()).toBe('GGUF')
  const [version, tensors] = [header.readUInt32LE(4), Number(header.readBigUInt64LE(8))]
  expect([version, tensors]).toEqual([3, 3 + 10 * 9])
  // Two tables of 258 tokens, and in each block four matrices of the attention and three of the rest, in 16 bits.
  const weights = 2 * 258 * 1024 + 10 * (4 * 1024 * 1024 + 3 * 1024 * 4096)
  const { size, blocks } = statSync(file)
  expect(size).toBeGreaterThan(header.length + 2 * weights)
  // As much as the vectors, in 32 bits, and the padding.
  expect(size - header.length - 2 * weights).toBeLessThan(4 * 1024 * 21 + 32)
  // What takes no room on the disk is zeros. The rest is at the beginning.
  const most = 1 << 20
  expect(blocks * 512).toBeLessThan(most)
  const begin = Buffer.alloc(most)
  const handle = openSync(file, 'r')
  readSync(handle, begin)
  closeSync(handle)
  expect(begin.subarray(0, header.length).equals(header)).toBe(true)
  expect(begin.subarray(header.length).every((byte) => byte === 0)).toBe(true)
})
