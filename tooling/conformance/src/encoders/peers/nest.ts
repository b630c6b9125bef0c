import type { EncoderPeer } from '../peer.ts'
import { overHttp } from '../over-http.ts'

// Nest wants this to be there before any of it.
await import('reflect-metadata')
const { SseStream } = await import('@nestjs/core/router/sse-stream.js')

export const peer: EncoderPeer = {
  package: '@nestjs/core',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  note: 'The stream inside `@Sse()`, in which a name is called `type`.',
  encode: ({ comment, data = '', event, id, retry }) =>
    overHttp(async (request, response) => {
      const stream = new SseStream(request)
      stream.pipe(response)
      const message = {
        ...(comment === undefined ? { data } : { comment }),
        ...(event !== undefined && { type: event }),
        ...(id !== undefined && { id }),
        ...(retry !== undefined && { retry }),
      }
      await new Promise<void>((resolve, reject) =>
        stream.writeMessage(message, (error) => (error ? reject(error) : resolve())),
      )
    }),
}
