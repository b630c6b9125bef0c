import { parseStream, ResponseError } from '@tesserae/parser/stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  name: '@tesserae/parser, in a loop',
  package: '@tesserae/parser',
  takes: { post: true, lastEventId: true },
  note: 'The loop of the README of `@tesserae/parser`, with a `catch`; a POST is left as it ends.',
  async run({ address, method, body, onData, stop, ...task }) {
    let { lastEventId = '' } = task
    let delay = 1000
    while (!stop.aborted) {
      try {
        const id = String.fromCharCode(...new TextEncoder().encode(lastEventId))
        const headers = id ? { 'last-event-id': id } : undefined
        const response = await fetch(address, {
          method,
          ...(body !== undefined && { body }),
          ...(headers && { headers }),
        })
        if (response.status === 204) return
        const events = parseStream(response, { lastEventId, signal: stop })
        try {
          for await (const { data } of events) onData(data)
        } finally {
          lastEventId = events.lastEventId
          delay = events.reconnectionTime ?? delay
        }
      } catch (error) {
        if (error instanceof ResponseError && error.status < 500) throw error
        if (method === 'POST') throw error
      }
      if (method === 'POST') return
      // The timers of a module are not hurried: this is as fast as the server of a scenario.
      await pause(delay / 50)
    }
  },
}
