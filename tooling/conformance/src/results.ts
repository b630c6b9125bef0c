import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { AnswerResult } from './answers/run-cases.ts'
import type { Area } from './areas.ts'
import type { ClientResult } from './clients/run-peer.ts'
import type { EncoderResult } from './encoders/run-peer.ts'
import type { ParserResult } from './parsers/run-peer.ts'

/** What the last run came to, as it is committed. */
export interface Results {
  readonly parsers: AreaResults<ParserResult>
  readonly accumulators: AreaResults<AnswerResult>
  readonly responses: AreaResults<AnswerResult>
  readonly encoders: AreaResults<EncoderResult>
  readonly clients: AreaResults<ClientResult>
}

export interface AreaResults<Result> {
  /** The day of the run. */
  readonly date: string
  readonly node: string
  readonly peers: readonly Row<Result>[]
}

/** One peer; without a result, but with a word why, if it came to none. */
export interface Row<Result> {
  /** Its file in `peers/`. */
  readonly file: string
  readonly name: string
  readonly version: string
  readonly result?: Result
  readonly lost?: string | undefined
}

const file = new URL('../results.generated.json', import.meta.url)

export function readResults(): Results {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Puts one area's results in the place of its last. */
export function writeResults(area: Area, results: AreaResults<object>): void {
  const all = existsSync(file) ? readResults() : {}
  writeFileSync(file, `${JSON.stringify({ ...all, [area]: results }, undefined, 1)}\n`)
}
