// Runs one peer, for `isolated.ts`: in a process of its own, so that one that hangs, crashes or changes globals costs
// its own row and no other.
import { type AreaName, areaOf, peerOf } from './areas.ts'

const [area, key] = process.argv.slice(2) as [AreaName, string]

// What a peer throws where its caller cannot catch it belongs to the case in hand, which will not end, and is counted so.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

process.send?.(await areaOf(area).run(peerOf(area, key)), () => process.exit())
