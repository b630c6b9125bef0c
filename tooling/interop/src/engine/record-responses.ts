import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import dialogues from '../../model/dialogues.json' with { type: 'json' }
import { readArgs } from '../../../config/command.ts'
import { startAimock } from '../foreign/mocks.ts'
import { startEngine } from './server.ts'

readArgs(
  `node src/engine/record-responses.ts

Asks llama-server and a mock at /v1/responses for every dialogue, streamed and unstreamed, and writes both into
packages/testkit/data/responses.`,
  {},
)

const data = path.resolve(import.meta.dirname, '../../../../packages/testkit/data/responses')

interface Asked {
  readonly name: string
  readonly body: object
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '')

/** The requests that the model of this project knows the answers to. */
const dialogue: readonly Asked[] = dialogues
  .filter(({ messages }) => messages.length === 1)
  .map(({ messages, tools }) => ({
    name: slug(messages[0]?.content ?? ''),
    body: {
      model: 'tiny-chat',
      input: messages[0]?.content,
      temperature: 0,
      ...(tools && {
        tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool.function })),
      }),
    },
  }))
const limited: Asked = {
  name: 'cut-by-max-output-tokens',
  body: { model: 'tiny-chat', input: 'Count to forty.', temperature: 0, max_output_tokens: 12 },
}
const fixtures = ['text', 'reasoning', 'one tool', 'two tools', 'words, then a tool', 'nothing']
const mocked: readonly Asked[] = fixtures.map((input) => ({
  name: slug(input),
  body: { model: 'm', input },
}))

async function ask(url: string, body: object): Promise<string> {
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return response.text()
}

async function recordAll(server: string, url: string, all: readonly Asked[]): Promise<void> {
  const folder = path.join(data, server)
  mkdirSync(folder, { recursive: true })
  for (const { name, body } of all) {
    const stream = await ask(url, { ...body, stream: true })
    const unstreamed: unknown = JSON.parse(await ask(url, { ...body, stream: false }))
    const recording = { request: body, unstreamed, stream }
    writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(recording, undefined, 1)}\n`)
    console.log(`${server}/${name}: ${stream.length} bytes`)
  }
}

const engine = await startEngine()
try {
  await recordAll('llama-server', engine.url, [...dialogue, limited])
} finally {
  await engine.stop()
}
const aimock = await startAimock()
try {
  await recordAll('aimock', aimock.url, mocked)
} finally {
  await aimock.stop()
}
