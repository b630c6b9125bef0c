// Runs one peer, for `isolated.ts`: in a process of its own, so that one that hangs, crashes or changes globals costs
// its own row and no other.
import type { Area } from './area.ts'
import type { AreaName } from './areas.ts'

const [area, key] = process.argv.slice(2) as [AreaName, string]

// What a peer throws where its caller cannot catch it belongs to the case in hand, which will not end, and is counted so.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

// Loads only the area of the peer: all of them take twice as long.
const { [area]: own }: Record<string, Area> = await import(`./${area}/area.ts`)
const peer = own?.peers[key]
if (own === undefined || peer === undefined)
  throw new Error(`The area "${area}" has no peer "${key}".`)
process.send?.(await own.run(peer), () => process.exit())
