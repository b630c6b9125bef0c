import { AnthropicReader } from './anthropic-reader.ts'
import { AnthropicWriter } from './anthropic-writer.ts'
import type { Dialect } from './types.ts'

/**
 * Anthropic Messages, from `message_start` to `message_stop`, and messages that were not streamed.
 *
 * | Anthropic                                     | chat completions                                              |
 * |-----------------------------------------------|---------------------------------------------------------------|
 * | `message_start`: `id`, `model`, `role`        | `id`, `model`, `role`                                         |
 * | `text` blocks                                 | `content`, joined                                             |
 * | `thinking` blocks with `signature`            | `reasoning_details` of type `reasoning.text`, with `signature` |
 * | `redacted_thinking` blocks                    | `reasoning_details` of type `reasoning.encrypted`             |
 * | `tool_use` blocks, `input_json_delta`         | `tool_calls`; `{}` for no input, unless a limit cut the block |
 * | `citations_delta`                             | `annotations`, with the original in `citation`                |
 * | `usage` of `message_start` and `message_delta` | `usage`: cached and cache-writing tokens are prompt tokens    |
 * | `end_turn`, `stop_sequence`                   | `stop`; the sequence in `stop_sequence`                       |
 * | `max_tokens`, `model_context_window_exceeded` | `length`                                                      |
 * | `tool_use`                                    | `tool_calls`                                                  |
 * | `refusal`                                     | `content_filter`                                              |
 * | any other stop reason                         | the same word                                                 |
 * | `ping`                                        | nothing                                                       |
 * | `error`                                       | an error                                                      |
 *
 * Lost on the way to chat completions: the borders of text blocks and their order among calls; the blocks of tools that
 * the server runs, and their results; `container`, `stop_details` and other parts of `usage`. Lost on the way back: choices
 * after the first; log probabilities, refusals as a field (they become text), audio; `created`, `system_fingerprint`,
 * `service_tier` and unknown fields.
 */
export const anthropic: Dialect = {
  read: (event, value) => new AnthropicReader().read(event, value),
  reader: () => {
    const reader = new AnthropicReader()
    return (event, value) => reader.read(event, value)
  },
  done: false,
  write: () => new AnthropicWriter(),
}
