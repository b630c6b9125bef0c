// Runs one peer, for `isolated.ts`: in a process of its own, so that one that hangs, crashes or changes globals costs
// its own row and no other.
import { type Area, loadPeer, runPeer } from './areas.ts'

const [area, file] = process.argv.slice(2) as [Area, string]

// What a peer throws where its caller cannot catch it belongs to the case in hand, which will not end, and is counted so.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

const peer = await loadPeer(area, file)
process.send?.({ name: peer.name ?? peer.package, package: peer.package })
process.send?.({ result: await runPeer(area, peer) }, () => process.exit())
