import type { Outcome } from '@tooling/conformance/timed/work'

/** Two implementations that do the same work on the same input. */
export interface Case<Work = unknown> {
  /** `group/stream/chunks/work`: filters match it, and tables are laid out by it. */
  readonly name: string
  /** The geometric means that this case counts in. */
  readonly families: readonly string[]
  readonly ours: OurImplementation
  readonly peer: Implementation
  /** Makes the input. Called in the process that measures, so that no case pays for another's fixtures. */
  workload(): Workload<Work>
}

/** A module with the code that the group's cases ask for. It is loaded anew for each side of a duel. */
export interface Implementation {
  /** What tables call it: in most cases what is imported. */
  readonly name: string
  /** As it would be imported from this folder. */
  readonly module: string
}

export interface OurImplementation extends Implementation {
  /** The package of this project that it measures. */
  readonly package: string
}

export interface Workload<Work> {
  /** What one iteration gets through, for ns/event and MB/s. */
  readonly events: number
  readonly bytes: number
  /** What is wrong with all that an implementation gets out of the input; how that was made says what is right. */
  faultOf(code: Work): string | undefined | Promise<string | undefined>
  /** What `run` comes to when it is right; compared on every iteration. */
  readonly outcome: Outcome
  run(code: Work): Outcome | Promise<Outcome>
}

/**
 * Ours, in a file of `ours/`.
 *
 * @param from - what it imports, where that is not its name
 */
export function ours(name: string, file: string, from = name): OurImplementation {
  return { name, module: `./ours/${file}.ts`, package: /^@[\w-]+\/[\w-]+/.exec(from)![0] }
}

/** The packages that `--compare` builds. */
export function packagesOf(cases: readonly Pick<Case, 'ours'>[]): string[] {
  return [...new Set(cases.map(({ ours }) => ours.package))]
}

/** Another's, in a file of `tooling/conformance/src/timed/`. */
export function peer(name: string, file: string): Implementation {
  return { name, module: `@tooling/conformance/timed/${file}` }
}
