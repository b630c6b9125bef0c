const head = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'tiny-chat',
  status: 'in_progress',
  output: [],
}
const text = { type: 'output_text', text: 'Hello, world!', annotations: [] }
const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' }
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }

const events = [
  { type: 'response.created', response: head },
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { ...message, status: 'in_progress', content: [] },
  },
  { type: 'response.output_text.delta', ...place, delta: 'Hello' },
  { type: 'response.output_text.delta', ...place, delta: ', world!' },
  { type: 'response.output_text.done', ...place, text: text.text },
  { type: 'response.output_item.done', output_index: 0, item: { ...message, content: [text] } },
  {
    type: 'response.completed',
    response: {
      ...head,
      status: 'completed',
      output: [{ ...message, content: [text] }],
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    },
  },
]

const frames = events.map(
  (event, sequence_number) =>
    `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
)

/** A streamed response that says `Hello, world!`. */
export const response: Response = new Response(frames.join(''), {
  headers: { 'content-type': 'text/event-stream' },
})
