import path from 'node:path'
import { repository } from '../../../config/workspaces.ts'
import { commandRuntime } from './command.ts'
import { installedFile } from './installed.ts'
import type { Runtime } from './runtime.ts'

function node(name: string, binary: string): Runtime {
  return commandRuntime(name, { binary, args: () => [], env: {}, isNode: true })
}

export const nodes: readonly Runtime[] = [
  node('node20', installedFile('node20', 'bin/node')),
  node('node22', installedFile('node22', 'bin/node')),
  // The one that the workspace itself runs on, whatever this process was started with.
  node('node24', path.join(repository, `node_modules/node-linux-${process.arch}/bin/node`)),
  node('node26', installedFile('node26', 'bin/node')),
]
