import { accumulate } from '@tesserae/openai'
import type { Message } from '@tooling/conformance/timed/work'
import { messageOf } from './tesserae-openai.ts'

/** With every chunk parsed. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  return messageOf(await accumulate(chunks, { predict: false }))
}
