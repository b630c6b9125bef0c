import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Every file that is committed or could be: what git knows, and what it does not ignore. */
export function filesOf(root: string): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  return [...new Set(listed.split('\0'))]
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
    .sort()
}

/** The files whose paths match `names`, each with its text. */
export function textsOf(root: string, names: RegExp): { file: string; text: string }[] {
  const files = filesOf(root).filter((file) => names.test(file))
  return files.map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
}

/** Counted from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
