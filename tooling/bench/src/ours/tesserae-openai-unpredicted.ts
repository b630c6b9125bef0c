import { accumulate } from '@tesserae/openai'
import { messageOf } from '@tooling/conformance/timed/message-of'
import type { Message } from '@tooling/conformance/timed/work'

/** With every chunk parsed. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  return messageOf(await accumulate(chunks, { predict: false }))
}
