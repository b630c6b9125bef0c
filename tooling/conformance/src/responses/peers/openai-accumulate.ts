import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { clientOf } from '../../answers/openai-client.ts'
import type { AnswerPeer } from '../../answers/peer.ts'
import { seenIn } from '../whole.ts'

export const peer: AnswerPeer = {
  name: 'openai, accumulateResponse',
  package: 'openai',
  lacks: [],
  note: '`responses.create` with `stream: true`, and `accumulateResponse` of what it yields.',
  async read(fetch) {
    const client = clientOf(fetch)
    let response: ReturnType<typeof accumulateResponse> | undefined
    for await (const event of await client.responses.create({
      model: 'm',
      input: 'Hello',
      stream: true,
    }))
      response = accumulateResponse(event, response)
    if (response === undefined) throw new Error('It yields nothing')
    if (response.error) throw new Error(response.error.message)
    return seenIn(response)
  },
}
