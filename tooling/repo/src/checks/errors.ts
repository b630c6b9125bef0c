import path from 'node:path'
import { lineAt, textsOf } from '../repository.ts'
import type { Check } from '../types.ts'

/** A class of errors, or an error with a text of its own, as its first argument or after a code. */
const errorOf =
  /class \w+ extends \w*Error\b|new \w*Error\((?:[^()]*?,)?\s*(?:'[^'\n]* |"[^"\n]* |`[^`]*\$)/g

/** Callers tell errors apart by a code that they cannot change. */
const withoutCode = /class (\w+) extends Error (?!\{[^}]*\breadonly code\b)/g

/**
 * In the testkit the texts are the grammar of a file format, and stand with the code that reads it. A drop-in has the
 * errors of the library that it replaces.
 */
const mayDiffer = /^packages\/testkit\/|^packages\/parser\/src\/compat\.ts$/

/** The errors of a package stand in one file, classes and texts, so that all it can say is seen together. Each has a code. */
export const errors: Check = {
  name: 'errors',
  problems(root) {
    return textsOf(root, /^packages\/[^/]+\/src\/.*\.ts$/).flatMap(({ file, text }) => {
      const found = path.basename(file) === 'errors.ts' ? withoutCode : errorOf
      if (found === errorOf && mayDiffer.test(file)) return []
      return Array.from(text.matchAll(found), ({ 0: match, index, 1: name }) =>
        name === undefined
          ? `${file}:${lineAt(text, index)} has "${match.split('\n')[0]}": errors stand in errors.ts`
          : `${file}:${lineAt(text, index)}: ${name} needs \`readonly code\``,
      )
    })
  },
}
