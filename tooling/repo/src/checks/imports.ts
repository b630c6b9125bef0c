import path from 'node:path'
import { filesIn, published } from '../repository.ts'
import { importsOf } from '../source.ts'
import type { Check } from '../types.ts'
import { graphOf } from './graph.ts'

/** A file named for a platform may import from it. */
const forPlatform = /\/src\/(.*\/)?(node|recorder|recordings)([-./]|$)/

/** What a portable test may import: it also runs where there is no file system and no Node. */
const inTests = ['vitest', 'fast-check']

export const imports: Check = {
  name: 'imports',
  problems(root) {
    return published(root).flatMap(({ folder, manifest }) => {
      const edges = graphOf[manifest.name]
      const allowed = [...(edges?.dependencies ?? []), ...(edges?.peerDependencies ?? [])]
      const sources = filesIn(root, `${folder}/src`, '.ts').flatMap((file) =>
        wrongInSource(file, importsOf(root, file), folder, allowed),
      )
      const tests = filesIn(root, `${folder}/test`, '.test.ts')
        .filter((file) => !file.endsWith('.node.test.ts'))
        .flatMap((file) =>
          wrongInTest(file, importsOf(root, file), `${folder}/test`, [
            ...inTests,
            ...allowed,
            ...(edges?.inTests ?? []),
            manifest.name,
          ]),
        )
      return [...sources, ...tests]
    })
  },
}

function wrongInSource(
  file: string,
  specifiers: readonly string[],
  folder: string,
  allowed: readonly string[],
): string[] {
  return specifiers.flatMap((specifier) => {
    if (/^\.[./]*(.*\/)?index\.ts$/.test(specifier))
      return [
        `${file} imports ${specifier}, the list for the outside: import the file that defines the name`,
      ]
    if (specifier.startsWith('.'))
      return isInside(file, specifier, `${folder}/src`) ||
        isInside(file, specifier, `${folder}/data`)
        ? []
        : [`${file} reaches outside of its package for ${specifier}`]
    if (specifier.startsWith('node:'))
      return forPlatform.test(file)
        ? []
        : [
            `${file} imports ${specifier}: the core knows no platform, so an entry named for it has to`,
          ]
    if (allowed.includes(packageOf(specifier))) return []
    return [`${file} imports ${specifier}, which is not among the dependencies of its package`]
  })
}

function wrongInTest(
  file: string,
  specifiers: readonly string[],
  testFolder: string,
  allowed: readonly string[],
): string[] {
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      if (isInside(file, specifier, testFolder) || specifier.endsWith('?raw')) return []
      return [`${file} imports ${specifier}: a test takes the package by its name, as its users do`]
    }
    if (allowed.includes(packageOf(specifier))) return []
    return [`${file} imports ${specifier}: a test that needs it is called *.node.test.ts`]
  })
}

function isInside(file: string, specifier: string, folder: string): boolean {
  const target = path.posix.join(path.posix.dirname(file), specifier)
  return target.startsWith(`${folder}/`)
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
