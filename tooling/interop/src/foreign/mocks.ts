import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inPackage } from '../packages.ts'
import type { Running } from '../until-ready.ts'
import { startProgram } from './program.ts'

// Mock servers from npm, each with the words that it is to send.

export const TEXT = 'Grüße, 世界! 👋🏽 👨‍👩‍👧‍👦 🇯🇵 नमस्ते ✓\r\nA line.\n\ndata: [DONE]\n\nevent: x\r\rend'
export const CUT = 'This is cut somewhere in its middle.'
const weather = { name: 'get_weather', arguments: '{"city":"京都","note":"say \\"hi\\" \\\\ 👋🏽"}' }
const time = { name: 'get_time', arguments: '{}' }

/** A program that reads a file, in a folder that is gone with it. */
async function withFile(
  name: string,
  content: unknown,
  start: (file: string, folder: string) => Promise<Running>,
): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-mock-'))
  const file = path.join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const { url, stop } = await start(file, folder).catch((error: unknown) => {
    remove()
    throw error
  })
  return {
    url,
    async stop() {
      await stop()
      remove()
    },
  }
}

const fixture = (userMessage: string, response: object, more: object = {}): object => ({
  match: { userMessage },
  response,
  ...more,
})

/** What it is asked is the name of a fixture. It says six characters at a time. */
export const startAimock = (): Promise<Running> =>
  withFile(
    'fixtures.json',
    {
      fixtures: [
        fixture('text', { content: TEXT }),
        fixture('reasoning', { content: 'It is 4.', reasoning: 'Two and two… 2️⃣' }),
        fixture('one tool', { toolCalls: [weather] }),
        fixture('two tools', { toolCalls: [weather, time] }),
        fixture('words, then a tool', { content: 'Let me look.', toolCalls: [time] }),
        fixture('nothing', { content: '' }),
        fixture('refused', {
          error: { message: 'Slow down.', type: 'rate_limit_error', code: 'slow' },
          status: 429,
        }),
        fixture('cut', { content: CUT }, { truncateAfterChunks: 3, latency: 30 }),
      ],
    },
    (file) =>
      startProgram(inPackage('@copilotkit/aimock/dist/cli.js'), {
        args: ['--fixtures', file, '--chunk-size', '6'],
      }),
  )

/** A file of YAML, which JSON is. It streams as `text/plain`. */
export const startOpenaiMockApi = (): Promise<Running> => {
  const call = (id: string, called: object) => ({ id, type: 'function', function: called })
  const said = (asked: string, message: object) => ({
    id: asked,
    messages: [
      { role: 'user', content: asked },
      { role: 'assistant', ...message },
    ],
  })
  const responses = [
    said('text', { content: TEXT }),
    said('tools and words', {
      content: 'Both.',
      tool_calls: [call('a', weather), call('b', time)],
    }),
    said('nothing', { content: '' }),
  ]
  return withFile('config.yaml', { apiKey: 'none', port: 1, responses }, (file) =>
    startProgram(inPackage('openai-mock-api/dist/cli.js'), { args: ['--config', file] }),
  )
}

export const startMockOpenaiApi = (): Promise<Running> =>
  startProgram(inPackage('mock-openai-api/dist/cli.js'))

/** A template in which it puts what it was asked, with nothing escaped. It says seven characters at a time. */
export const startMockLlm = (): Promise<Running> => {
  const answer = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: '{{jmes request body.model}}',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: '{{jmes request body.messages[-1].content}}' },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  }
  const rule = {
    path: '/v1/chat/completions',
    match: '@',
    response: { status: 200, content: JSON.stringify(answer) },
  }
  const config = { streaming: { chunkSize: 7, chunkIntervalMs: 1 }, rules: [rule] }
  return withFile('mock-llm.yaml', config, (_, folder) =>
    startProgram(inPackage('@dwmkerr/mock-llm/dist/main.js'), { cwd: folder }),
  )
}
