import { createParser } from 'eventsource-parser'
import { readByCallbacks } from '../callbacks.ts'
import type { ParserPeer } from '../peer.ts'
import { textOf } from '../text.ts'

export const peer: ParserPeer = {
  package: 'eventsource-parser',
  takes: 'text',
  shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
  read: (chunks) => readByCallbacks(createParser, textOf(chunks)),
}
