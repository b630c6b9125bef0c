import { encodeEventMessage } from '@orpc/standard-server'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: '@orpc/standard-server',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  encode: ({ comment, ...fields }) =>
    encodeEventMessage(comment === undefined ? fields : { comments: [comment] }),
}
