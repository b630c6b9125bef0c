import { accumulators } from './accumulators/area.ts'
import type { Area } from './area.ts'
import { clients } from './clients/area.ts'
import { encoders } from './encoders/area.ts'
import { parsers } from './parsers/area.ts'
import { responses } from './responses/area.ts'

export const areas = { parsers, accumulators, responses, encoders, clients }

export type AreaName = keyof typeof areas

export const areaNames = Object.keys(areas) as AreaName[]

/** An area without the types that differ from one to the next. */
export function areaOf(name: AreaName): Area {
  return areas[name]
}
