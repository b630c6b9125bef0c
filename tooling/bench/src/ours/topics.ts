import { setImmediate as turn } from 'node:timers/promises'
import { createHub } from '@tesserae/encoder/hub'
import { type NodeResponse, sendEvents } from '@tesserae/encoder/node'
import { payloads, type TimedServer } from '@tooling/conformance/timed/work'

/** How many topics are published to, whatever the number of topics there are. */
const PUBLISHED = 100

/** A hub with ten clients in each of so many topics, whose responses count what they are given and send nothing. */
export function topicsServer(topics: number): TimedServer {
  const hub = createHub()
  const response: NodeResponse = {
    headersSent: false,
    writeHead() {},
    write: () => true,
    end(callback) {
      callback()
    },
    destroy() {},
    on() {},
  }
  for (let topic = 0; topic < topics; topic++)
    for (let client = 0; client < 10; client++)
      void sendEvents({ headers: {} }, response, hub.source({ topics: `${topic}` }), {
        heartbeat: false,
      })
  return {
    async send(_, events) {
      // All streams have sent their heads.
      await turn()
      const before = hub.counters().deliveries
      for (let i = 0; i < events; i++) {
        void hub.publish(
          { event: 'chunk', id: `${i}`, data: payloads[i & 63]! },
          { topic: `${i % PUBLISHED}` },
        )
        if (i % PUBLISHED === PUBLISHED - 1) await turn()
      }
      await turn()
      return { events: hub.counters().deliveries - before, checksum: 0 }
    },
  }
}
