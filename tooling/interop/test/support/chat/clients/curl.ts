import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accumulate } from '@tesserae/openai'
import { createParser } from '@tesserae/parser'
import { programOf } from '../../../../src/programs.ts'
import type { ChatClient } from './client.ts'
import { eventsOf, ours } from './ours.ts'

const PATH = '/usr/bin/curl'
const [, version = ''] =
  /^curl (\S+)/.exec(spawnSync(PATH, ['-V'], { encoding: 'utf8' }).stdout ?? '') ?? []

/** curl for the wire, our parser and accumulator for what it says. It sees the heartbeats, too. */
export const curl: ChatClient = {
  name: `curl ${version} and our parser`.replace('  ', ' '),
  async read({ url }, answer, seen) {
    const body = JSON.stringify({ model: answer.name, stream: true })
    const child = spawn(
      await programOf('curl'),
      ['-sSN', '--compressed', '--max-time', '30', '-d', body, `${url}/v1/chat/completions`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const closed = once(child, 'close')
    let errors = ''
    child.stderr.on('data', (piece) => (errors += piece))
    const comments: string[] = []
    const parser = createParser({ onComment: (comment) => void comments.push(comment) })
    const events: { data: string }[] = []
    for await (const piece of child.stdout) {
      parser.feed(piece)
      for (const event of parser) {
        events.push({ data: event.data })
        if (events.length === 2) seen()
      }
    }
    const [code] = await closed
    if (code !== 0) throw new Error(`curl ended with ${code}: ${errors}`)
    if (answer.how === 'waits' && comments.length === 0) throw new Error('There was no heartbeat.')
    const { message, verdict } = await accumulate(events, { incomplete: 'return' })
    return { message, error: verdict.error?.raw, sequence: events.map(({ data }) => data) }
  },
  expected: (answer) => ({ ...ours.expected(answer, ''), sequence: eventsOf(answer) }),
}
