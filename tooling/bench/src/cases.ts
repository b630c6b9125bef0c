import type { Outcome } from '@tooling/conformance/timed/parser-face'
import { encoderCases } from './cases/encoder.ts'
import { openaiCases } from './cases/openai.ts'
import { parserCases } from './cases/parser.ts'

/** Two contestants that do the same work on the same input. */
export interface Case<Face = unknown> {
  /** `group/stream/chunks/work`: filters match it, and tables are laid out by it. */
  readonly name: string
  /** The geometric means that this case counts in. */
  readonly families: readonly string[]
  readonly ours: Contestant
  readonly rival: Contestant
  /** Makes the input. Called in the process that measures, so that no case pays for another's fixtures. */
  prepare(): Workload<Face>
}

/** A module with the face that the group's cases ask for. It is loaded anew for each side of a duel. */
export interface Contestant {
  /** The package that it is. */
  readonly name: string
  /** As it would be imported from this folder. */
  readonly module: string
}

export interface Workload<Face> {
  /** What one iteration gets through, for ns/event and MB/s. */
  readonly events: number
  readonly bytes: number
  /** What is wrong with all that a contestant gets out of the input; how that was made says what is right. */
  faultOf(face: Face): string | undefined | Promise<string | undefined>
  /** What `run` comes to when it is right; compared on every iteration. */
  readonly outcome: Outcome
  run(face: Face): Outcome | Promise<Outcome>
}

export const cases: readonly Case[] = [...parserCases, ...encoderCases, ...openaiCases]
