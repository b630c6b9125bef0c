import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Line, Problem } from './types.ts'

const shells = /^\s*(`{3,}|~{3,})\s*(?:sh|bash|shell|console)\b\s*(.*)$/

/**
 * The commands in a document that cannot be what they should be: they are not run, because they install, serve, or take
 * minutes, so what they name is looked up.
 */
export function commandProblems(root: string, file: string, lines: readonly Line[]): Problem[] {
  const problems: Problem[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, ticks, info = ''] = shells.exec(lines[at]!.text) ?? []
    if (ticks === undefined) continue
    const isNotLookedUp = /^no-run: *\S/.test(info)
    if (info !== '' && !isNotLookedUp)
      problems.push({ file, line: lines[at]!.line, message: `"${info}" means nothing here` })
    const look = lookUp(root, path.dirname(file))
    while (++at < lines.length && !lines[at]!.text.trimStart().startsWith(ticks)) {
      const { text, line } = lines[at]!
      const message = isNotLookedUp ? undefined : look(text)
      if (message !== undefined) problems.push({ file, line, message })
    }
  }
  return problems
}

/** Looks at one line after another; `cd` holds for those that follow. */
function lookUp(root: string, own: string): (line: string) => string | undefined {
  const { scripts = {} } = manifest(root, 'package.json')
  const names = globSync('packages/*/package.json', { cwd: root }).map(
    (file) => manifest(root, file).name,
  )
  let folders = ['.', own]
  const isThere = (file: string): boolean =>
    folders.some((folder) => existsSync(path.join(root, folder, file)))

  return (line) => {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .split(/\s+/)
      .filter((word) => word !== '' && !/^[A-Z_]+=/.test(word))
    const [program, first = '', ...more] = words
    if (program === undefined) return undefined
    if (program === 'cd') {
      folders = folders.map((folder) => path.join(folder, first))
      return isThere('.') ? undefined : `there is no folder ${first}`
    }
    if (program === 'npm' && (first === 'install' || first === 'i')) {
      const unknown = more.find((word) => !word.startsWith('-') && !names.includes(word))
      return unknown && `${unknown} is not published from here`
    }
    if (program === 'npm') {
      const script = first === 'run' ? (more[0] ?? '') : first
      if (!Object.hasOwn(scripts, script)) return `there is no script "${script}"`
      const filtered = more.map((word) => /^--filter=(.+)$/.exec(word)?.[1]).find(Boolean)
      return filtered === undefined || names.includes(filtered)
        ? undefined
        : `there is no package ${filtered}`
    }
    if (program === 'node' || program.includes('/')) {
      const file = program === 'node' ? first : program
      return isThere(file) ? undefined : `there is no file ${file}`
    }
    return `"${program}" is looked up nowhere: say "no-run: why" after the name of the language`
  }
}

function manifest(root: string, file: string): { name: string; scripts?: object } {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as { name: string }
}
