import { keptFolder } from '../layout.ts'
import { commandRuntime } from './command.ts'
import { fileBehind } from './installed.ts'
import type { Runtime } from './runtime.ts'

export const deno: Runtime = commandRuntime('deno', {
  binary: fileBehind('deno', `@deno/linux-${process.arch}-glibc`, 'deno'),
  // It may read what it runs: no network, no environment, no writing.
  args: (readable) => [
    'run',
    '--no-remote',
    '--no-prompt',
    '--no-lock',
    '--node-modules-dir=manual',
    `--allow-read=${readable.join(',')}`,
  ],
  env: { DENO_DIR: keptFolder('home'), DENO_NO_UPDATE_CHECK: '1' },
  isNode: false,
})
