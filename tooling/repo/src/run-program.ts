import { spawn } from 'node:child_process'
import path from 'node:path'

/** Where the pinned programs are, pnpm among them. */
const bin = path.resolve(import.meta.dirname, '../../../node_modules/.bin')

export interface Ended {
  readonly status: number
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string
}

/** Runs a program to its end. */
export function runProgram(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: [bin, process.env['PATH']].join(path.delimiter) }
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status: status ?? 1, output: output.trim() }))
  })
}

/** The same for a script, on this Node. */
export function runScript(file: string, args: readonly string[], cwd: string): Promise<Ended> {
  return runProgram(process.execPath, [file, ...args], cwd)
}
