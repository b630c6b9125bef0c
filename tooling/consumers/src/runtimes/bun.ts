import { commandRuntime } from './command.ts'
import { installedFile } from './installed.ts'
import type { Runtime } from './runtime.ts'

export const bun: Runtime = commandRuntime('bun', {
  binary: installedFile('@oven/bun-linux-x64', 'bin/bun'),
  // Bun would download what an import lacks; here a lack is to be seen.
  args: () => ['--no-install'],
  env: { DO_NOT_TRACK: '1' },
  isNode: false,
})
