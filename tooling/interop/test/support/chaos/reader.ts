import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Seen } from './checker.ts'

/** How one connection behaves: it is cut after so many bytes, and stops reading for a while after each chunk. */
export interface Connection {
  readonly bytes: number
  /** Cuts after the line of an id, so that the client has the id of an event and not its data. */
  readonly isCutAtField: boolean
  readonly pause: number
}

export interface Surroundings {
  /** The address of a server, if one is up. */
  address(): string | undefined
  connection(): Connection
  /** Whether the log was deleted, so that 404 is an answer. */
  isDeleted(): boolean
  deadline(): number
}

/** Reads a stream to its end, over connections that are cut at random, on servers chosen at random. */
export async function readToEnd(around: Surroundings, firstId: string): Promise<Seen> {
  const seen: Seen = { told: [], connections: 0, isOver: false, finishedAt: 0 }
  let lastEventId = firstId
  while (!seen.isOver && Date.now() < around.deadline()) {
    const url = around.address()
    if (url !== undefined) {
      seen.connections++
      const began = Date.now()
      const connection = around.connection()
      const { text, status } = await once(url, lastEventId, connection)
      // What a reader that stops reading gets may have been sent long before.
      seen.finishedAt = connection.pause > 0 ? began : Date.now()
      // Only blocks that arrived with their blank line count, as in any client.
      for (const block of text.slice(0, text.lastIndexOf('\n\n') + 2).split('\n\n')) {
        const field = (name: string): string | undefined =>
          new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
        const [id, event, data] = [field('id'), field('event'), field('data')]
        if (data === undefined) continue
        lastEventId = id ?? lastEventId
        if (event === 'end') seen.isOver = true
        else seen.told.push({ event, data })
      }
      if (status === 404 && around.isDeleted()) {
        seen.told.push({ event: 'deleted', data: '' })
        seen.isOver = true
      }
    }
    if (!seen.isOver) await sleep(20)
  }
  return seen
}

/** The text of one response, up to a cut, an error or its end. */
function once(
  url: string,
  lastEventId: string,
  { bytes, isCutAtField, pause }: Connection,
): Promise<{ text: string; status: number }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let left = bytes
    let status = 0
    // The encoder's own heartbeats are rarer than this run is patient: a server that is frozen is left.
    const timer = setTimeout(() => end(), 4000)
    const end = (): void => {
      clearTimeout(timer)
      request.destroy()
      resolve({ text: Buffer.concat(chunks).toString(), status })
    }
    const headers = lastEventId === '' ? {} : { 'last-event-id': lastEventId }
    const request = get(url, { headers, agent: false }, (response) => {
      status = response.statusCode ?? 0
      if (status !== 200) return end()
      response.on('data', (chunk: Buffer) => {
        const field = isCutAtField && left < chunk.length ? chunk.indexOf('\ndata: ', left) + 1 : 0
        chunks.push(chunk.subarray(0, field || left))
        left -= chunk.length
        if (left <= 0) return end()
        if (pause === 0) return
        response.pause()
        setTimeout(() => response.resume(), pause)
      })
      response.on('end', end)
      response.on('error', end)
    })
    request.on('error', end)
  })
}
