import { encode, encodeComment } from 'eventsource-encoder'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'eventsource-encoder',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  encode: ({ comment, data = '', ...fields }) =>
    comment === undefined ? encode({ data, ...fields }) : encodeComment(comment),
}
