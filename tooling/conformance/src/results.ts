import { readFileSync, writeFileSync } from 'node:fs'
import type { Area, Peer } from './area.ts'
import { type AreaName, areaOf, type areas } from './areas.ts'

type ResultOf<A> = A extends Area<Peer, infer Result> ? Result : never

/** What the last run came to, as it is committed. */
export type Results = {
  readonly [Name in AreaName]: AreaResults<ResultOf<(typeof areas)[Name]>>
}

export interface AreaResults<Result extends object = object> {
  /** The day of the run. */
  readonly date: string
  readonly node: string
  /** By their keys in the area. */
  readonly peers: Readonly<Record<string, PeerResult<Result>>>
}

/** Of one peer; without a result, but with a word why, if it came to none. */
export interface PeerResult<Result extends object = object> {
  readonly version: string
  readonly result?: Result
  readonly lost?: string
}

/** A result with what the tables say of its peer. */
export interface Row<Result extends object = object> extends PeerResult<Result> {
  readonly name: string
  readonly note: string | undefined
}

/** The rows of this repository come first, the others from the best on. */
export function rowsOf<Result extends object>(
  name: AreaName,
  results: AreaResults<Result>,
): readonly Row<Result>[] {
  const { peers, better } = areaOf(name)
  const rows = Object.entries(results.peers).map(([key, its]): Row<Result> => ({
    name: peers[key]?.name ?? key,
    note: peers[key]?.note,
    ...its,
  }))
  return rows.toSorted((a, b) => {
    if (isOurs(a) !== isOurs(b)) return isOurs(a) ? -1 : 1
    if (a.result === undefined || b.result === undefined) return a.result === undefined ? 1 : -1
    return better(a.result, b.result)
  })
}

export function isOurs({ name }: { readonly name: string }): boolean {
  return name.startsWith('@tesserae/')
}

const file = new URL('../results.generated.json', import.meta.url)

export function readResults(): Results {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Puts one area's results in the place of its last. */
export function writeResults(name: AreaName, results: AreaResults): void {
  const all = { ...readResults(), [name]: results }
  writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`)
}
