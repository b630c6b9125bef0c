import type { Group } from '../pair.ts'
import { eventStreams } from './event-streams.ts'
import { readByOthers } from './read-by-others.ts'
import { theirServers } from './their-servers.ts'
import { throughOthers } from './through-others.ts'

export const groups: readonly Group[] = [readByOthers, throughOthers, theirServers, eventStreams]
