import { createEventStream, H3 } from 'h3'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'h3',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  note: '`createEventStream`.',
  async encode({ comment, data = '', ...fields }) {
    const app = new H3()
    app.get('/', (event) => {
      const stream = createEventStream(event)
      const sent =
        comment === undefined ? stream.push({ data, ...fields }) : stream.pushComment(comment)
      void sent.then(() => stream.close())
      return stream.send()
    })
    return (await app.request('/')).bytes()
  },
}
