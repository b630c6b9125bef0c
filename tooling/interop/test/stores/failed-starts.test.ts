import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startPostgres } from '../../src/stores/postgres-server.ts'
import { startRedisCluster } from '../../src/stores/redis-cluster.ts'
import { startRedis } from '../../src/stores/redis-server.ts'

const given = { TMPDIR: process.env['TMPDIR'], REDIS_SERVER: process.env['REDIS_SERVER'] }
let folder: string
/** The temporary folders of what is started are made here. */
let temporary: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'failed-starts-'))
  // Postgres runs as another user.
  chmodSync(folder, 0o755)
  temporary = path.join(folder, 'tmp')
  mkdirSync(temporary)
  process.env['TMPDIR'] = temporary
})
afterEach(() => {
  for (const [name, value] of Object.entries(given))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  rmSync(folder, { recursive: true })
})

/** A program that takes the place of redis-server. `port` is where it has to listen. */
function standIn(script: string): void {
  const file = path.join(folder, 'redis-server')
  const start = `#!${process.execPath}
    if (process.argv.includes('--version')) process.exit()
    const port = process.argv[process.argv.indexOf('--port') + 1]`
  writeFileSync(file, `${start}\n${script}`, { mode: 0o755 })
  process.env['REDIS_SERVER'] = file
}

/** Listens, writes its process ID into a file of its own, and answers every command with OK. */
const running = `
  require('node:net').createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      for (const _ of String(data).matchAll(/^\\*\\d/gm)) socket.write('+OK\\r\\n')
    })
  }).listen(port, '127.0.0.1')
  require('node:fs').writeFileSync(__dirname + '/pid-' + process.pid, String(process.pid))`

function expectNothingLeft(processes: number): void {
  expect(readdirSync(temporary)).toEqual([])
  const pids = readdirSync(folder).filter((name) => name.startsWith('pid-'))
  expect(pids).toHaveLength(processes)
  for (const name of pids)
    expect(() => process.kill(Number(readFileSync(path.join(folder, name))), 0)).toThrow('ESRCH')
}

test('a Redis server that does not start leaves no folder', async () => {
  standIn('process.exit(1)')
  await expect(startRedis()).rejects.toMatchObject({ code: 'not-started' })
  expectNothingLeft(0)
})

test('a Redis Cluster whose second server does not start leaves no process', async () => {
  standIn(`
    if (require('node:fs').readdirSync(__dirname).some((name) => name.startsWith('pid-'))) process.exit(1)
    ${running}`)
  await expect(startRedisCluster()).rejects.toMatchObject({ code: 'not-started' })
  expectNothingLeft(1)
})

test('a Redis Cluster that does not become whole in time is given up', async () => {
  standIn(running)
  await expect(startRedisCluster(200)).rejects.toMatchObject({
    code: 'not-started',
    message: expect.stringContaining('Its last state:\nOK'),
  })
  expectNothingLeft(2)
})

test('a Postgres server that does not start leaves no folder', async ({ skip }) => {
  // The data can be made there, but the path of a socket has at most 107 bytes.
  temporary = path.join(temporary, 'long'.repeat(30))
  mkdirSync(temporary)
  process.env['TMPDIR'] = temporary
  const error = await startPostgres().catch((error: unknown) => error)
  const { code, message } = error as { code: string; message: string }
  if (code === 'unavailable' && process.env['CI'] !== 'true') skip(message)
  expect([code, message]).toEqual(['not-started', expect.stringContaining('is too long')])
  expectNothingLeft(0)
})
