import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { startProgram } from '../src/foreign/program.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'interop-program-'))
afterAll(() => rmSync(folder, { recursive: true }))

function program(script: string): string {
  const file = path.join(folder, `${Math.random()}.cjs`)
  writeFileSync(file, script)
  return file
}

it('lets a foreign server listen on the loopback interface alone, on a free port', async () => {
  const { url, stop } = await startProgram(
    program(`
      const server = require('node:http').createServer(async (request, response) => {
        const failure = await fetch('http://example.invalid').catch((error) => error)
        response.end([process.pid, server.address().address, failure.cause.message].join(';'))
      })
      server.listen(9, '0.0.0.0')
    `),
  )
  const [pid, address, failure] = (await (await fetch(url)).text()).split(';')
  expect(address).toBe('127.0.0.1')
  expect(failure).toBe('example.invalid is not asked: this is a test.')
  await stop()
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
})

it('fails where the server does not start, with what it said', async () => {
  const file = program(`console.error('no licence'); process.exit(3)`)
  await expect(startProgram(file)).rejects.toThrow(
    /did not come up\. The last it said:\nno licence$/,
  )
  await expect(startProgram(path.join(folder, 'nothing.cjs'))).rejects.toThrow('Cannot find module')
})
