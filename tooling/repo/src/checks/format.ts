import { existsSync } from 'node:fs'
import path from 'node:path'
import { oxfmt } from '../oxfmt.ts'
import type { Check } from '../types.ts'

export const format: Check = {
  name: 'format',
  problems(root) {
    const { status, output } = oxfmt(root, 'list')
    if (status === 0) return []
    const files = output.split('\n').filter((line) => existsSync(path.join(root, line)))
    if (files.length === 0) return [`oxfmt cannot read what is there\n${output}`]
    return files.map((file) => `${file} is not formatted: npm run format`)
  },
}
