import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { filesOf, lineAt } from '../repository.ts'
import { runProgram } from '../run-program.ts'
import type { Check } from '../types.ts'

/** A home folder, and a package registry, by what all of them look like. */
const home = /(?<![\w.~-])(\/home\/|\/Users\/|\/root\/|[A-Z]:\\{1,2}Users\\{1,2})[\w.-]+/
const registry = /\bregistry\.(?!k8s\b)[a-z0-9-]+\.[a-z]{2,}\b/i

/** No committed file says on which machine it was made, or from which registry. */
export const traces: Check = {
  name: 'traces of a machine',
  async problems(root) {
    const own = await ownTraces(root)
    return filesOf(root).flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'latin1')
      if (file === 'pnpm-lock.yaml' && /https?:\/\//.test(text))
        return [`${file} names a host: install with omit-lockfile-registry-resolved=true`]
      const found =
        home.exec(text)?.[0] ?? registry.exec(text)?.[0] ?? own.find((word) => text.includes(word))
      if (found === undefined) return []
      const line = lineAt(text, text.indexOf(found))
      return [`${file}:${line} names ${found}: say it without this machine, or without the host`]
    })
  },
}

/** What would give this machine away: where the checkout lies, and the registry that is configured. */
async function ownTraces(root: string): Promise<string[]> {
  const { output } = await runProgram('pnpm', ['config', 'get', 'registry'], root)
  const host = /\/\/([^/:\s]+)/.exec(output)?.[1]
  return [path.join(homedir(), '/'), path.resolve(root), host].filter(
    (word) => word !== undefined && word.length > 4,
  ) as string[]
}
