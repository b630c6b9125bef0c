import { accumulate } from '@tesserae/openai'
import type { Message } from '@tooling/conformance/timed/work'
import { responseOf } from '@tooling/conformance/timed/response'
import { messageOf } from './tesserae-openai.ts'

/** Through a `Response`, as `fetch` gives it. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  return messageOf(await accumulate(responseOf(chunks)))
}
