import { stringifyEvent } from 'susie/lib/utils.js'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'susie',
  takes: ['event', 'id', 'data', 'retry'],
  note: 'The function inside `h.event()`, which hapi would call.',
  // It writes what fields there are in the order in which they are, so data comes last here.
  encode: ({ data, ...fields }) => stringifyEvent({ ...fields, data }),
}
