import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readArgs } from '../../../config/command.ts'
import { repository } from '../../../config/workspaces.ts'
import { startAimock } from '../foreign/mocks.ts'
import type { Running } from '../until-ready.ts'
import { ask, type Asked, requests, slug } from './responses.ts'
import { startEngine } from './server.ts'

readArgs(
  `node src/engine/record-responses.ts

Asks llama-server and a mock at /v1/responses for every dialogue, streamed and unstreamed, and writes both into
packages/testkit/data/responses.`,
  () => parseArgs(),
)

const data = path.join(repository, 'packages/testkit/data/responses')

async function recordAll(
  server: string,
  { url, stop }: Running,
  all: readonly Asked[],
): Promise<void> {
  const folder = path.join(data, server)
  try {
    mkdirSync(folder, { recursive: true })
    for (const { name, body } of all) {
      const stream = await (await ask(url, '/v1/responses', { ...body, stream: true })).text()
      const unstreamed = await (await ask(url, '/v1/responses', { ...body, stream: false })).json()
      const recording = JSON.stringify({ request: body, unstreamed, stream }, undefined, 1)
      writeFileSync(path.join(folder, `${name}.json`), `${recording}\n`)
      console.log(`${server}/${name}: ${stream.length} bytes`)
    }
  } finally {
    await stop()
  }
}

const fixtures = ['text', 'reasoning', 'one tool', 'two tools', 'words, then a tool', 'nothing']
const mocked = fixtures.map((input) => ({ name: slug(input), body: { model: 'm', input } }))
await recordAll('llama-server', await startEngine(), requests)
await recordAll('aimock', await startAimock(), mocked)
