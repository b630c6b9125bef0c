import { accumulate } from '@tesserae/openai/responses'
import type { AnswerPeer } from '../../answers/peer.ts'
import { seenIn } from '../whole.ts'

export const peer: AnswerPeer = {
  name: '@tesserae/openai/responses',
  package: '@tesserae/openai',
  lacks: [],
  async read(fetch) {
    return seenIn(await accumulate(await fetch('http://127.0.0.1/')))
  },
}
