import { accumulate } from '@tesserae/openai'
import type { Dialect } from '@tesserae/openai/dialects'
import * as dialects from '@tesserae/openai/dialects'
import { parseStream } from '@tesserae/parser/stream'
import { listSeeds, loadSeed } from '@tesserae/testkit/recordings'
import { bodyOf } from '@tesserae/testkit/transcript'
import { table } from '@tooling/conformance/markdown'

/** As much of a chunk as is read here. */
interface Chunk {
  readonly choices?: readonly {
    readonly index?: number
    readonly delta?: { readonly role?: string }
    readonly finish_reason?: string | null
  }[]
  readonly id?: string
  readonly model?: string
  readonly created?: number
}

/** The fields of a chunk that a client may count on, as the official API has them. */
const fields: readonly (readonly [name: string, read: (chunk: Chunk) => unknown])[] = [
  ['choices', (chunk) => chunk.choices],
  ['index', (chunk) => chunk.choices?.[0]?.index],
  ['role', (chunk) => chunk.choices?.[0]?.delta?.role],
  ['finish_reason', (chunk) => chunk.choices?.[0]?.finish_reason],
  ['id', (chunk) => chunk.id],
  ['model', (chunk) => chunk.model],
  ['created', (chunk) => chunk.created],
]

const all = Object.entries<Dialect>(dialects)

/** What the documentation of five services prints, and what becomes of it here: read now, by the packages themselves. */
export async function dialectTable(): Promise<string> {
  const rows: string[][] = []
  // An error is not a message, and an intended stream says once more what a printed one means.
  const seeds = listSeeds().filter((name) => !/error|intended/.test(name))
  for (const name of seeds) {
    const transcript = loadSeed(name)
    const document = transcript.provenance['document'] ?? name
    // A dialect is called as its seeds are, up to what tells these apart.
    const [called, dialect] = all.find(([each]) => each === name.split('-')[0]) ?? []
    const { message, verdict } = await accumulate([bodyOf(transcript)], {
      incomplete: 'return',
      dialect,
    })
    const said = message.choices[0]?.message
    const reasoning = said?.reasoning_content
    rows.push([
      document,
      transcript.title.replace(/, (as a document describes|and no) .*/, ''),
      await leftOut(bodyOf(transcript)),
      called === undefined ? 'none' : `\`${called}\``,
      [reasoning && `*${reasoning}*`, said?.content].filter(Boolean).join(' '),
      verdict.complete ? 'complete' : verdict.reason,
    ])
  }
  const titles = ['document', 'the stream', 'has no', 'dialect', 'message', 'verdict']
  return table(titles, rows)
}

async function leftOut(body: Uint8Array): Promise<string> {
  const chunks: Chunk[] = []
  for await (const { data } of parseStream([body]))
    for (const line of data.split('\n')) if (line.startsWith('{')) chunks.push(JSON.parse(line))
  const missing = fields
    .filter(([, read]) => chunks.every((chunk) => (read(chunk) ?? undefined) === undefined))
    .map(([name]) => name)
  // Without choices there is nothing that could have what is in them.
  const shown = missing.includes('choices') ? ['choices'] : missing
  return shown.map((name) => `\`${name}\``).join(', ')
}
