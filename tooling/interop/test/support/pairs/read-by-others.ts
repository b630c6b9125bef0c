import { answers } from '../chat/answers.ts'
import { startRelay, wires } from '../chat/between/relay.ts'
import { aiSdk } from '../chat/clients/ai-sdk.ts'
import type { ChatClient } from '../chat/clients/client.ts'
import { curl } from '../chat/clients/curl.ts'
import { chromium, eventsource, undiciEventSource } from '../chat/clients/event-sources.ts'
import { langchain } from '../chat/clients/langchain.ts'
import { openaiCreate, openaiStream } from '../chat/clients/openai.ts'
import { ours } from '../chat/clients/ours.ts'
import { converse, converseAtOnce } from '../chat/conversation.ts'
import { startChatServer } from '../chat/our-server.ts'
import type { Group, Pair } from '../pair.ts'

/** What takes long to come is asked for once, as it is. */
const prompt = answers.filter(({ how }) => how !== 'waits')

/** Every line end and every cut that the others have, in two; and answers that they might hurt. */
const telling = wires.filter(({ bom, newline }) => bom || newline === '\r')

const vulnerable = prompt.filter(({ name }) =>
  ['text', 'looks-like-sse', 'tools', 'breaks'].includes(name),
)

function readBy(client: ChatClient, quick = true): Pair {
  return {
    name: client.name,
    quick,
    async run(sheet, servers) {
      const server = await servers.get('our server', startChatServer)
      try {
        await converse(sheet, client, server, answers)
        await converseAtOnce(sheet, client, server, server)
        for (const wire of servers.isQuick ? telling : wires) {
          const relay = await servers.get(wire.name, () => startRelay(server.url, wire))
          const asked = servers.isQuick ? vulnerable : prompt
          await converse(sheet, client, relay, asked, wire.name)
        }
      } finally {
        await client.stop?.()
      }
    },
  }
}

export const readByOthers: Group = {
  title: `Our server, which sends ${answers.length} answers in ${wires.length + 1} ways, read by other clients`,
  pairs: [
    readBy(openaiCreate),
    readBy(openaiStream),
    readBy(aiSdk),
    readBy(langchain),
    readBy(eventsource),
    readBy(undiciEventSource),
    readBy(curl),
    readBy(ours),
    readBy(chromium, false),
  ],
}
