import { globSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Checks } from './checks.ts'
import type { RunResult } from './harness/result.ts'
import { isInside } from './layout.ts'
import { declaredNames } from './names.ts'
import { readManifest, repository } from '../../config/workspaces.ts'
import type { Installed } from './prepare.ts'
import { lastLines, run } from './drivers/processes.ts'
import { installedFile } from './runtimes/installed.ts'

/** The oldest TypeScript that is supported and the newest; for the long run the one between, which writes the declarations. */
export const compilers = ['typescript-oldest', 'typescript-newest'] as const
export const moreCompilers = ['typescript'] as const

export type Compiler = (typeof compilers | typeof moreCompilers)[number]

const resolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
]

/** In a browser, and in Node without the types of a browser. */
const platforms = [
  { lib: ['es2022', 'dom'], types: [] },
  { lib: ['es2022'], types: ['node'] },
]

/**
 * Type-checks users of the installed packages: for each entry one that names all it exports, and those in the
 * packages' `test/types`. Declarations are checked as strictly as the users' own files. Every user stands in the
 * project of its package, so that one compiler run sees them all and each sees its own package alone.
 */
export async function checkDeclarations(
  packages: readonly Installed[],
  compiler: Compiler,
  scratch: string,
): Promise<RunResult> {
  const checks = new Checks()
  const files = packages.flatMap((installed) => writeUsers(installed, compiler))
  const folder = path.join(scratch, 'declarations')
  mkdirSync(folder, { recursive: true })
  for (const resolution of resolutions)
    for (const platform of platforms) {
      const name = [resolution.moduleResolution, ...platform.lib, ...platform.types].join(' ')
      const config = path.join(folder, `${compiler} ${name}.json`)
      const compilerOptions = {
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        target: 'es2022',
        ...resolution,
        ...platform,
      }
      writeFileSync(config, JSON.stringify({ compilerOptions, files }))
      await checks.check(name, async () => {
        const args = [installedFile(compiler, 'bin/tsc'), '-p', config, '--listFiles']
        const ended = await run(process.execPath, args, { cwd: scratch, timeout: 180_000 })
        if (ended.code !== 0) throw new Error(diagnostics(ended.stdout, ended.summary))
        assertFromTarballs(ended.stdout, packages)
      })
    }
  return checks.result()
}

export function compilerVersion(compiler: Compiler): string {
  return readManifest(installedFile(compiler, '')).version ?? '?'
}

/** Answers the files. Each compiler has its own: they work at the same time. */
function writeUsers(
  { package: one, project, folder, names }: Installed,
  compiler: Compiler,
): string[] {
  const users = path.join(project, `users-${compiler}`)
  mkdirSync(users, { recursive: true })
  const written: string[] = []
  const write = (name: string, text: string): void => {
    const file = path.join(users, name)
    writeFileSync(file, text)
    written.push(file)
  }
  const declared = declaredNames(one.entries.map(({ types }) => path.join(folder, types)))
  one.entries.forEach(({ subpath, specifier }, index) => {
    const values = names.get(specifier) ?? []
    const types = (declared[index] ?? []).filter((name) => !values.includes(name))
    write(
      `${subpath === '.' ? 'index' : subpath.slice(2).replaceAll('/', '-')}.ts`,
      [
        `import * as all from '${specifier}'`,
        `export type { ${types.join(', ')} } from '${specifier}'`,
        `export const used: unknown[] = [${values.map((name) => `all.${name}`).join(', ')}]`,
        '',
      ].join('\n'),
    )
  })
  for (const file of globSync('test/types/*.ts', { cwd: one.folder }))
    write(`own-${path.basename(file)}`, readFileSync(path.join(one.folder, file), 'utf8'))
  return written
}

/** A compiler that finds the workspace's own files by walking up the folders would prove nothing about the tarballs. */
function assertFromTarballs(listed: string, packages: readonly Installed[]): void {
  const projects = packages.map(({ project }) => realpathSync(project))
  // The compiler's own libraries, and the types of Node.
  const others = path.join(repository, 'node_modules/.pnpm')
  for (const line of listed.split('\n').filter((text) => path.isAbsolute(text))) {
    const file = realpathSync(line.trim())
    if (![...projects, others].some((folder) => isInside(file, folder)))
      throw new Error(`It read ${path.relative(repository, file)}.`)
  }
}

function diagnostics(stdout: string, summary: string): string {
  const errors = stdout
    .split('\n')
    .filter((line) => line.includes(' error TS') || line.startsWith('error TS'))
  return errors.length === 0 ? summary : lastLines(errors.slice(0, 12).join('\n'))
}
