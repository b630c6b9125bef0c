import path from 'node:path'
import { record } from '@tesserae/testkit/recorder'
import { meaningOf, type Transcript } from '@tesserae/testkit/transcript'
import { scratch } from '../programs.ts'
import type { Case, CaseServer } from './cases.ts'
import { ServerError } from '../until-ready.ts'
import { startEngine, type Engine } from './server.ts'
import { writeZerosModel } from './zeros.ts'

export interface Recorded {
  readonly name: string
  readonly of: Case
  readonly transcript: Transcript
}

interface Setting {
  readonly flags: readonly string[]
  readonly model: string
}

const SETTINGS: Readonly<Record<CaseServer, Setting>> = {
  chat: { flags: [], model: 'tiny-chat, of this project' },
  keyed: { flags: ['--api-key', 'a-key'], model: 'tiny-chat, of this project' },
  slow: { flags: ['--parallel', '1', '--sse-ping-interval', '1'], model: 'zeros, of this project' },
}

/** Asks a llama-server for each case, and for the whole answer beside it where there can be one. */
export async function* runCases(
  cases: readonly Case[],
  onBegin?: (name: string) => void,
): AsyncGenerator<Recorded, void, undefined> {
  const engines = new Map<CaseServer, Engine>()
  try {
    for (const of of cases) {
      onBegin?.(of.name)
      const server = of.server ?? 'chat'
      const engine = engines.get(server) ?? (await start(server))
      engines.set(server, engine)
      yield { name: of.name, of, transcript: await recordCase(of, engine) }
      if (of.killAfterMs !== undefined) engines.delete(server)
      if (of.unstreamed !== false) {
        yield { name: `${of.name}.unstreamed`, of, transcript: await recordUnstreamed(of, engine) }
      }
    }
  } finally {
    for (const engine of engines.values()) await engine.stop()
  }
}

function start(server: CaseServer): Promise<Engine> {
  const args = SETTINGS[server].flags
  if (server !== 'slow') return startEngine({ args })
  const model = path.join(scratch, 'zeros.gguf')
  writeZerosModel(model)
  return startEngine({ model, alias: 'zeros', args })
}

async function recordCase(of: Case, engine: Engine): Promise<Transcript> {
  const before = of.behind === undefined ? undefined : ask(of, engine, of.behind)
  // Long enough for it to have the slot.
  if (before !== undefined) await new Promise((resolve) => setTimeout(resolve, 300))
  const recording = ask(of, engine, of.body, { abort: { afterBytes: of.abortAfterBytes } })
  const isKilled = of.killAfterMs !== undefined
  if (isKilled) setTimeout(() => void engine.kill(), of.killAfterMs)
  const transcript = await recording
  await before
  if (isKilled) await engine.kill()
  const end = isKilled ? 'cut' : of.abortAfterBytes === undefined ? 'complete' : 'aborted'
  const links = of.unstreamed === false ? {} : { unstreamed: `${of.name}.unstreamed` }
  return finished(transcript, end, of, engine, links)
}

async function recordUnstreamed(of: Case, engine: Engine): Promise<Transcript> {
  // `stream_options` may only stand beside `stream: true`.
  const { stream_options: _, ...body } = of.body as Record<string, unknown>
  const title = `${of.title}: not streamed`
  const transcript = await ask(of, engine, { ...body, stream: false }, { title })
  return finished(transcript, 'complete', of, engine, { streamed: of.name })
}

/** A recording with its meaning and its provenance. */
function finished(
  transcript: Transcript,
  how: string,
  of: Case,
  engine: Engine,
  links: Readonly<Record<string, string>>,
): Transcript {
  const { end } = transcript.response
  // A truncated recording must not replace a complete one.
  if (end.how !== how) {
    const last = engine.log().trim().split('\n').at(-1)
    const message = `The answer to "${of.name}" ended as ${end.how} (${end.why}), not ${how}. The last of the log: ${last}`
    throw new ServerError('gone', message)
  }
  const { flags, model } = SETTINGS[of.server ?? 'chat']
  const provenance = {
    engine: engine.version,
    model,
    recorded: new Date().toISOString().slice(0, 10),
    how: flags.length === 0 ? 'npm run record' : `npm run record, llama-server ${flags.join(' ')}`,
    licence: 'made for this project, under its licence',
    ...links,
  }
  return { ...transcript, provenance, meaning: meaningOf(transcript) }
}

type Options = NonNullable<Parameters<typeof record>[1]>

function ask(of: Case, engine: Engine, body: unknown, options: Options = {}): Promise<Transcript> {
  return record(`${engine.url}${of.path ?? '/v1/chat/completions'}`, {
    title: of.title,
    headers: { 'content-type': 'application/json', ...of.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    limits: { ms: 120_000 },
    ...options,
  })
}
