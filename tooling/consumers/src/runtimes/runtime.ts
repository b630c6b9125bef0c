import type { RunOptions } from '../harness/bundle.ts'
import type { RunResult } from '../harness/result.ts'
import type { TestBundle } from '../bundler.ts'

/** Something that can run a bundle of tests. */
export interface Runtime {
  readonly name: string
  /** Set where the runtime finds packages in `node_modules` by itself: how it runs a script of a project. */
  readonly command?: Command
  /** Makes it ready, installing it where it may. Answers why it cannot run here, or nothing when it can. */
  available(): Promise<string | undefined>
  version(): Promise<string>
  /** Starts it on a bundle. Rejects when it does not start within {@link startTimeout}, and leaves nothing behind. */
  open(bundle: TestBundle): Promise<Session>
}

/** Milliseconds: the first start of a browser on a busy machine takes a few seconds. */
export const startTimeout = 60_000

/** A runtime that has started. */
export interface Session {
  /** Runs one file of the bundle. Rejects when the runtime ends before it has answered. */
  run(options: RunOptions, report: (test: string) => void): Promise<RunResult>
  /** Ends every process of the session, whatever they are doing. */
  close(): Promise<void>
}

export interface Command {
  readonly binary: string
  /** What stands before the script; the second list is for the folder that it may read. */
  readonly args: (readable: readonly string[]) => readonly string[]
  readonly env: Record<string, string>
  /** Whether it is Node: then Node's own tests run on it too, and `require` is tried. */
  readonly isNode: boolean
}

/** Before what a runtime prints for this tool, so that what tests print themselves is not mistaken for it. */
export const mark = '\u001ftesserae '
