import { ClientError } from '@tesserae/client'
import { fetchEventSource } from '@tesserae/client/fetch-event-source'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  name: '@tesserae/client/fetch-event-source',
  package: '@tesserae/client',
  takes: { post: true },
  note: 'With an `onclose` that throws for a GET, because a clean end does not reconnect.',
  run: ({ address, method, body, onData, stop }) =>
    fetchEventSource(address, {
      method,
      body: body ?? null,
      signal: stop,
      onmessage: ({ data }) => onData(data),
      ...(method === 'GET' && { onclose: comeBack, onerror: decide }),
    }),
}

class Ended extends Error {}

function comeBack(): never {
  throw new Ended()
}

/** As without `onerror`, but after a clean end. */
function decide(error: unknown): void {
  const isLost = error instanceof ClientError && ['lost', 'no-answer'].includes(error.code)
  if (!(error instanceof Ended) && !isLost) throw error
}
