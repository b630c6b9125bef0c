import { EventSource } from 'extended-eventsource'
import { listen } from '../event-source.ts'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: 'extended-eventsource',
  takes: { post: true },
  run(task) {
    const { address, method, body } = task
    const init = { method, ...(body !== undefined && { body }) }
    return listen(new EventSource(address, { ...init, disableLogger: true }), task)
  },
}
