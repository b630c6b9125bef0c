import { accumulate, outputTextOf } from '@tesserae/openai/responses'
import type { Message } from '@tooling/conformance/timed/work'
import { responseOf } from '@tooling/conformance/timed/response'

/** Through a `Response`, as `fetch` gives it. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const content = outputTextOf(await accumulate(responseOf(chunks)))
  return { content, reasoning: '', arguments: '' }
}
