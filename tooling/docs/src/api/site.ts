import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { convert, readApi } from './read.ts'
import { type Package, repository } from '../../../config/workspaces.ts'
import { copyGuides, writeIndex } from './pages.ts'

/** Writes the API of all packages and the guides as static pages into a folder. Returns the warnings of TypeDoc. */
export async function writeSite(packages: readonly Package[], folder: string): Promise<string[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'api-'))
  const found: string[] = []
  try {
    const models: string[] = []
    for (const each of packages) {
      const { application, project, warnings } = await readApi(each, {
        readme: path.join(each.folder, 'README.md'),
      })
      const model = path.join(scratch, `${path.basename(each.folder)}.json`)
      await application.generateJson(project, model)
      models.push(model)
      found.push(...warnings)
    }
    const guides = copyGuides(
      path.join(repository, 'tooling/docs/guides'),
      path.join(scratch, 'guides'),
    )
    const index = path.join(scratch, 'index.md')
    writeIndex(packages, guides, index)
    const { application, project, warnings } = await convert({
      name: 'Tesserae',
      entryPointStrategy: 'merge',
      entryPoints: models,
      readme: index,
      projectDocuments: guides.map(({ file }) => file),
      searchInComments: true,
      searchInDocuments: true,
      navigation: {
        includeGroups: false,
        includeCategories: false,
        compactFolders: true,
        includeFolders: false,
      },
      hideGenerator: true,
      githubPages: false,
      validation: { invalidLink: false, invalidPath: false },
    })
    await application.generateDocs(project, folder)
    return [...found, ...warnings]
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
