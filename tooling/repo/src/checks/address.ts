import { readFileSync } from 'node:fs'
import path from 'node:path'
import { addressFile, addressOf } from '../release/address.ts'
import { filesOf, published } from '../repository.ts'
import type { Check } from '../types.ts'

const fields = ['repository', 'bugs', 'homepage'] as const

/** A page of this project at a host of repositories, of any owner. */
const pageOfOurs =
  /\b(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)[/:][\w.-]+\/tesserae\b/i

/** The address of the repository stands in one file, and is stamped into what is released. */
export const address: Check = {
  name: 'address',
  problems(root) {
    const url = addressOf(root)
    const named = filesOf(root).filter((file) => {
      if (file === addressFile) return false
      const text = readFileSync(path.join(root, file), 'latin1')
      return pageOfOurs.test(text) || (url !== undefined && text.includes(url))
    })
    const stamped = published(root).flatMap(({ folder, manifest }) =>
      fields
        .filter((field) => manifest[field] !== undefined)
        .map(
          (field) => `${folder}/package.json: take "${field}" out; it is stamped in at a release`,
        ),
    )
    return [
      ...named.map(
        (file) =>
          `${file} names the address of the repository, which stands in ${addressFile} alone`,
      ),
      ...stamped,
    ]
  },
}
