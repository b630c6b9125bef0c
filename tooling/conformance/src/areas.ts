import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Each is a folder: `peers/`, a file for each, and `run-peer.ts`, which holds one of them against all cases. */
export const areas = ['parsers', 'accumulators', 'responses', 'encoders', 'clients'] as const

export type Area = (typeof areas)[number]

/** What every peer says of itself, whatever it does. */
export interface Peer {
  /** The package whose version stands in the table. */
  readonly package: string
  /** Its row in the table. Default: the package. */
  readonly name?: string
  /** What a reader of the table has to know. */
  readonly note?: string
}

const here = path.dirname(fileURLToPath(import.meta.url))

/** The names of the files of an area's peers: whatever is put into the folder has a row. */
export function peersOf(area: Area): string[] {
  return readdirSync(path.join(here, area, 'peers'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()
}

export async function loadPeer(area: Area, file: string): Promise<Peer> {
  return ((await import(`./${area}/peers/${file}.ts`)) as { peer: Peer }).peer
}

/** Runs all of an area's cases on one peer, in this process. What comes out is for `results.generated.json`. */
export async function runPeer(area: Area, peer: Peer): Promise<object> {
  const { runPeer } = (await import(`./${area}/run-peer.ts`)) as {
    runPeer: (peer: Peer) => Promise<object>
  }
  return runPeer(peer)
}
