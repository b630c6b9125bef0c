import { clientOf } from '../../answers/openai-client.ts'
import type { AnswerPeer } from '../../answers/peer.ts'
import { seenIn } from '../whole.ts'

export const peer: AnswerPeer = {
  name: 'openai, responses.stream',
  package: 'openai',
  lacks: [],
  note: '`responses.stream`, `finalResponse`, without the fields that it adds.',
  async read(fetch) {
    const client = clientOf(fetch)
    const response = await client.responses.stream({ model: 'm', input: 'Hello' }).finalResponse()
    // It adds what it has parsed: that is not a mistake.
    const parsed = ['parsed', 'parsed_arguments']
    const output = JSON.stringify(response, (key, value) =>
      parsed.includes(key) ? undefined : value,
    )
    return seenIn(JSON.parse(output))
  },
}
