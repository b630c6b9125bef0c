import { spawn } from 'node:child_process'

export interface Ended {
  readonly status: number
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string
}

/** Runs a program to its end, on this Node when it is a script of its own. */
export function runProgram(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status: status ?? 1, output: output.trim() }))
  })
}

export function runScript(file: string, args: readonly string[], cwd: string): Promise<Ended> {
  return runProgram(process.execPath, [file, ...args], cwd)
}
