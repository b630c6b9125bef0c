import { EventSource } from 'undici'
import { listen } from '../event-source.ts'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: 'undici',
  takes: {},
  note: '`EventSource`.',
  run: (task) => listen(new EventSource(task.address) as never, task),
}
