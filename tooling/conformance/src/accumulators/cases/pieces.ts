/** The parts that streams of chat completions are written of in the files beside this one. */

export type Wire = Readonly<Record<string, unknown>>

export const head: Wire = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
}

/** A chunk with one choice, and what stands beside the choices. */
export const chunk = (choice: Wire, beside: Wire = {}): Wire => ({
  ...head,
  choices: [choice],
  ...beside,
})

/** A chunk of the first choice with this delta. */
export const say = (delta: unknown, beside: Wire = {}): Wire =>
  chunk({ index: 0, delta, finish_reason: null, ...beside })

/** The first chunk as OpenAI sends it. */
export const role: Wire = say({ role: 'assistant', content: '' })

/** The last chunk of the first choice. */
export const finish = (reason: string, beside: Wire = {}): Wire =>
  chunk({ index: 0, delta: {}, finish_reason: reason, ...beside })

/** A chunk with fragments of tool calls. */
export const call = (...fragments: readonly unknown[]): Wire => say({ tool_calls: fragments })

/** The first fragment of a call. */
export const begin = (index: unknown, id: string, name: string, args: unknown = ''): Wire => ({
  ...(index === undefined ? {} : { index }),
  id,
  type: 'function',
  function: { name, arguments: args },
})

/** A fragment that goes on. */
export const more = (index: unknown, args: string): Wire => ({
  ...(index === undefined ? {} : { index }),
  function: { arguments: args },
})

export const paris = '{"city":"Paris"}'
export const rome = '{"city":"Rome"}'

export const tokens = (prompt: number, completion: number): Wire => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
})
