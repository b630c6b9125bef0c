import { filesOf } from '../repository.ts'
import type { Check } from '../types.ts'

const vague = /(^|[-./])(utils?|helpers?|common|misc|shared)([-.]|\/|$)/

export const fileNames: Check = {
  name: 'file names',
  problems(root) {
    return filesOf(root)
      .filter(
        (file) => /^(packages|tooling)\/[^/]+\/(src|test|run)\//.test(file) && vague.test(file),
      )
      .map((file) => `${file}: name it for what it does; "${vague.exec(file)?.[2]}" says nothing`)
  },
}
