import { EventSource } from '@tesserae/client/eventsource'
import { listen } from '../event-source.ts'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  name: '@tesserae/client/eventsource',
  package: '@tesserae/client',
  takes: {},
  run: (task) => listen(new EventSource(task.address), task),
}
