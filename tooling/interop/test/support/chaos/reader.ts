import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What one reader received, over all of its connections. */
export interface Seen {
  readonly data: string[]
  /** The events that have a name: the end, or what must not happen. */
  readonly named: string[]
  connections: number
  isOver: boolean
}

/** Reads a stream to its end, over connections that are cut at random, on servers chosen at random. */
export async function readToEnd(
  address: () => string | undefined,
  cutAfter: () => number,
  deadline: number,
): Promise<Seen> {
  const seen: Seen = { data: [], named: [], connections: 0, isOver: false }
  let lastEventId = ''
  while (!seen.isOver && Date.now() < deadline) {
    const url = address()
    if (url === undefined) {
      await sleep(50)
      continue
    }
    seen.connections++
    const text = await once(url, lastEventId, cutAfter())
    // Only blocks that arrived with their blank line count, as in any client.
    for (const block of text.slice(0, text.lastIndexOf('\n\n') + 2).split('\n\n')) {
      const field = (name: string): string | undefined =>
        new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
      const [id, event, data] = [field('id'), field('event'), field('data')]
      if (data === undefined) continue
      lastEventId = id ?? lastEventId
      if (event === 'end') seen.isOver = true
      else if (event === undefined) seen.data.push(data)
      else seen.named.push(`${event} ${data}`)
    }
    if (!seen.isOver) await sleep(20)
  }
  return seen
}

/** The text of one response, up to a cut, an error or its end. */
function once(url: string, lastEventId: string, bytes: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let left = bytes
    // The encoder's own heartbeats are rarer than this run is patient: a server that is frozen is left.
    const timer = setTimeout(() => end(), 4000)
    const end = (): void => {
      clearTimeout(timer)
      request.destroy()
      resolve(Buffer.concat(chunks).toString())
    }
    const headers = lastEventId === '' ? {} : { 'last-event-id': lastEventId }
    const request = get(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return end()
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, left))
        left -= chunk.length
        if (left <= 0) end()
      })
      response.on('end', end)
      response.on('error', end)
    })
    request.on('error', end)
  })
}
