import { bun } from './bun.ts'
import { chromium } from './chromium.ts'
import { deno } from './deno.ts'
import { firefox } from './firefox.ts'
import { nodes } from './node.ts'
import type { Runtime } from './runtime.ts'
import { webkit } from './webkit.ts'
import { workerd } from './workerd.ts'

/** Those of every run. */
export const runtimes: readonly Runtime[] = [...nodes, bun, deno, workerd, chromium]

/** Those that only the long run adds. */
export const moreRuntimes: readonly Runtime[] = [firefox, webkit]
