import { createParser } from '@tesserae/parser/compat'
import { readByCallbacks } from '../callbacks.ts'
import type { ParserPeer } from '../peer.ts'

export const peer: ParserPeer = {
  name: '@tesserae/parser/compat',
  package: '@tesserae/parser',
  takes: 'bytes',
  shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
  note: 'Given the text of a `TextDecoder`, which takes one byte order mark, it takes a second, as eventsource-parser does.',
  read: (chunks) => readByCallbacks(createParser, chunks),
}
