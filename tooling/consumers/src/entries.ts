import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { assertSame, Checks } from './checks.ts'
import type { RunResult } from './harness/result.ts'
import type { Installed } from './prepare.ts'
import { run } from './drivers/processes.ts'
import { type Command, mark } from './runtimes/runtime.ts'

interface Loaded {
  readonly names?: string[]
  readonly url?: string
  readonly error?: string
}

/**
 * Lets a runtime find every entry by itself, the way a user's own script does, and compares what it exports with the
 * source. Node is asked for `require` too.
 */
export async function checkEntries(
  { package: one, project, folder, names }: Installed,
  { name, command }: { name: string; command: Command },
): Promise<RunResult> {
  const checks = new Checks()
  const specifiers = one.entries.map(({ specifier }) => specifier)
  const ways = command.isNode ? (['import', 'require'] as const) : (['import'] as const)
  for (const way of ways) {
    // Other runtimes write theirs at the same time.
    const file = path.join(project, `${name}-${way}.${way === 'import' ? 'mjs' : 'cjs'}`)
    writeFileSync(file, script(way, specifiers))
    const ended = await run(command.binary, [...command.args([project]), file], {
      cwd: project,
      env: command.env,
      timeout: 60_000,
    })
    const line = ended.stdout.split('\n').find((text) => text.startsWith(mark))
    const found =
      line === undefined ? {} : (JSON.parse(line.slice(mark.length)) as Record<string, Loaded>)
    for (const specifier of specifiers)
      await checks.check(`${way} of ${specifier}`, () => {
        const { names: exported, url, error } = found[specifier] ?? { error: ended.summary }
        if (error !== undefined) throw new Error(error)
        if (url?.startsWith(`${pathToFileURL(folder).href}/`) === false)
          throw new Error(`It came from ${url}, which is not the tarball.`)
        assertSame('Names', exported ?? [], names.get(specifier) ?? [])
      })
  }
  return checks.result()
}

/** Loads each entry in one way, and says what it exports. */
function script(way: 'import' | 'require', specifiers: readonly string[]): string {
  const [load, url] =
    way === 'import'
      ? ['await import(specifier)', 'import.meta.resolve(specifier)']
      : ['require(specifier)', 'undefined']
  return `const found = {}
for (const specifier of ${JSON.stringify(specifiers)})
  try {
    found[specifier] = { names: Object.keys(${load}), url: ${url} }
  } catch (error) {
    found[specifier] = { error: String(error) }
  }
console.log(${JSON.stringify(mark)} + JSON.stringify(found))
`
}
