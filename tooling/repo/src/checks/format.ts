import { oxfmt } from '../oxfmt.ts'
import type { Check } from '../types.ts'

export const format: Check = {
  name: 'format',
  problems(root) {
    const { status, output } = oxfmt(root, 'list')
    const files = output.split('\n').filter((line) => line !== '')
    if (status === 0) return []
    return files.map((file) => `${file} is not formatted: npm run format`)
  },
}
