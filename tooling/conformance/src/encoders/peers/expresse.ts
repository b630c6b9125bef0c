import expresse from '@toverux/expresse'
import type { EncoderPeer } from '../peer.ts'
import { overHttp } from '../over-http.ts'

interface Sse {
  data(data: unknown, id?: string): void
  event(event: string, data: unknown, id?: string): void
  comment(comment: string): void
}

export const peer: EncoderPeer = {
  package: '@toverux/expresse',
  takes: ['event', 'id', 'data', 'text', 'comment'],
  json: JSON.parse,
  note: 'Data is JSON; text is sent with the serializer `String`.',
  encode: ({ comment, data, text, event, id }) =>
    overHttp(async (request, response) => {
      const options = {
        keepAliveInterval: false,
        ...(text !== undefined && { serializer: String }),
      }
      // Express would have given it this.
      const set = (headers: Record<string, string>): void => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      }
      Object.assign(response, { set })
      await new Promise((next) => {
        expresse.sse(options as never)(request as never, response as never, next)
      })
      const { sse } = response as unknown as { sse: Sse }
      if (comment !== undefined) sse.comment(comment)
      else if (event === undefined) sse.data(text ?? data, id)
      else sse.event(event, text ?? data, id)
    }),
}
