const head = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'tiny-chat',
}

const chunks = [
  {
    ...head,
    choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
  },
  { ...head, choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: { content: ', world!' }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { ...head, choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
]

/** A streamed chat completion that says `Hello, world!`, ended as it should be. */
export const response: Response = new Response(
  `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`,
  { headers: { 'content-type': 'text/event-stream' } },
)
