import { EventSource } from 'eventsource'
import { listen } from '../event-source.ts'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: 'eventsource',
  takes: { post: true },
  note: 'A POST by its option `fetch`, as its README shows.',
  run(task) {
    const { address, method, body } = task
    const init = { method, ...(body !== undefined && { body }) }
    const source = new EventSource(address, {
      fetch: (url, given) => fetch(url, { ...given, ...init } as RequestInit),
    })
    return listen(source, task)
  },
}
