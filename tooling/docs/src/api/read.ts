import path from 'node:path'
import {
  Application,
  Logger,
  LogLevel,
  type ProjectReflection,
  ReflectionKind,
  type TypeDocOptions,
} from 'typedoc'
import { type Package, repository } from '../../../config/workspaces.ts'

/** What a package exports, as its TSDoc tells it, and what TypeDoc finds wrong with that. */
export interface Api {
  readonly application: Application
  readonly project: ProjectReflection
  readonly warnings: readonly string[]
}

const options: Partial<TypeDocOptions> = {
  // Which address the sources have is stamped in at a release, and is not known before.
  disableSources: true,
  excludeInternal: true,
  excludeExternals: true,
  excludePrivate: true,
  sortEntryPoints: false,
  // What compiles is for the task `types` to say, with the settings of each package.
  skipErrorChecking: true,
  // The tests of the examples report what has no documentation at all, with the line.
  validation: { invalidLink: true, invalidPath: false, notExported: false, notDocumented: false },
}

/** As much of a package as is read. */
type Source = Pick<Package, 'name' | 'folder'> & {
  readonly entries: readonly { readonly source: string }[]
}

export async function readApi(
  { name, entries, folder }: Source,
  { tsconfig = path.join(repository, 'tooling/docs/tsconfig.api.json'), readme = 'none' } = {},
): Promise<Api> {
  const api = await convert({
    ...options,
    name,
    entryPoints: entries.map(({ source }) => source),
    basePath: path.join(folder, 'src'),
    tsconfig,
    readme,
  })
  const { application, project } = api
  // An entry is called as it is imported.
  for (const each of project.children ?? [])
    if (each.kind === ReflectionKind.Module)
      each.name = each.name === 'index' ? name : `${name}/${each.name}`
  application.validate(project)
  return api
}

/** Converts the sources with TypeDoc. Warnings are collected, not printed. */
export async function convert(settings: Partial<TypeDocOptions>): Promise<Api> {
  const application = await Application.bootstrap(settings)
  const warnings: string[] = []
  application.logger = new (class extends Logger {
    override log(message: string, level: LogLevel): void {
      if (level >= LogLevel.Warn) warnings.push(message)
    }
  })()
  const project = await application.convert()
  if (project === undefined)
    throw new Error(`${settings.name} cannot be read:\n${warnings.join('\n')}`)
  return { application, project, warnings }
}
