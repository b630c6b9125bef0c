import { readFileSync } from 'node:fs'
import path from 'node:path'
import { filesOf } from '../repository.ts'
import type { Check } from '../types.ts'

/** A class of errors, or an error with a text of its own. */
const errorOf = /class \w+ extends \w*Error\b|new \w*Error\(\s*(?:'[^'\n]* |`[^`]*\$)/g

/**
 * In the testkit the texts are the grammar of a file format, and stand with the code that reads it. A drop-in has the
 * errors of the library that it replaces.
 */
const mayDiffer = /^packages\/testkit\/|^packages\/parser\/src\/compat\.ts$|\/errors\.ts$/

/** The errors of a package stand in one file, classes and texts, so that all it can say is seen together. */
export const errors: Check = {
  name: 'errors',
  problems(root) {
    return filesOf(root)
      .filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !mayDiffer.test(file))
      .flatMap((file) => {
        const text = readFileSync(path.join(root, file), 'utf8')
        return [...text.matchAll(errorOf)].map(({ 0: found, index }) => {
          const line = text.slice(0, index).split('\n').length
          return `${file}:${line} has "${found.split('\n')[0]}": errors stand in errors.ts`
        })
      })
  },
}
