import { encode, encodeComment } from '@tesserae/encoder'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: '@tesserae/encoder',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  encode: ({ comment, data = '', event, id, retry }) =>
    comment === undefined ? encode({ data, event, id, retry }) : encodeComment(comment),
}
