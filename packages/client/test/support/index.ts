import { bodies } from './bodies.ts'
import { delays } from './delays.ts'
import { heads } from './heads.ts'
import { ids } from './ids.ts'
import type { Scenario } from './scenario.ts'
import { stops } from './stops.ts'

export const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  heads,
  bodies,
  ids,
  delays,
  stops,
}
