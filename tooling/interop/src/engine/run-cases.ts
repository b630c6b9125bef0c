import path from 'node:path'
import { record } from '@tesserae/testkit/recorder'
import { meaningOf, type Transcript } from '@tesserae/testkit/transcript'
import { scratch } from '../programs.ts'
import type { Case, CaseServer } from './cases.ts'
import { EngineError } from './errors.ts'
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
  if (of.killAfterMs !== undefined) setTimeout(() => void engine.kill(), of.killAfterMs)
  const transcript = await recording
  await before
  if (of.killAfterMs !== undefined) await engine.kill()
  const end =
    of.killAfterMs !== undefined ? 'cut' : of.abortAfterBytes !== undefined ? 'aborted' : 'complete'
  mustEnd(end, transcript, of, engine)
  const meaning = meaningOf(transcript)
  const links = of.unstreamed === false ? {} : { unstreamed: `${of.name}.unstreamed` }
  return { ...transcript, provenance: provenanceOf(of, engine, links), meaning }
}

async function recordUnstreamed(of: Case, engine: Engine): Promise<Transcript> {
  // `stream_options` may only stand beside `stream: true`.
  const { stream_options: _, ...body } = of.body as Record<string, unknown>
  const transcript = await ask(
    of,
    engine,
    { ...body, stream: false },
    { title: `${of.title}: not streamed` },
  )
  mustEnd('complete', transcript, of, engine)
  const meaning = meaningOf(transcript)
  return {
    ...transcript,
    provenance: provenanceOf(of, engine, { streamed: of.name }),
    meaning,
  }
}

/** A recording that broke off by accident is none: it must not take the place of a good one. */
function mustEnd(
  how: string,
  { response: { end } }: Transcript,
  { name }: Case,
  engine: Engine,
): void {
  if (end.how === how) return
  const last = engine.log().trim().split('\n').at(-1)
  const message = `The answer to "${name}" ended as ${end.how} (${end.why}), not ${how}. The last of the log: ${last}`
  throw new EngineError('gone', message)
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

function provenanceOf(
  of: Case,
  engine: Engine,
  links: Record<string, string>,
): Record<string, string> {
  const { flags, model } = SETTINGS[of.server ?? 'chat']
  return {
    engine: engine.version,
    model,
    recorded: new Date().toISOString().slice(0, 10),
    how: flags.length === 0 ? 'npm run record' : `npm run record, llama-server ${flags.join(' ')}`,
    licence: 'made for this project, under its licence',
    ...links,
  }
}
