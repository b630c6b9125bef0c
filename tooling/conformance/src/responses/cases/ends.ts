import type { ResponseCase } from '../case.ts'
import { call, message, one, stream, type Wire, whole } from './pieces.ts'

// How streams end: by a limit, by an error, or cut.

const text = message(0, 'msg_1', ['Hel', 'lo', '!'])
const weather = call(0, 'a', 'get_weather', ['{"city":', '"Paris"}'])
const events = stream([text.item], text.events)
const cutText = { ...text.item, status: 'incomplete' }
const incomplete = (reason: string): Wire => ({
  status: 'incomplete',
  incomplete_details: { reason },
})
const failure = { code: 'server_error', message: 'The server had an error.' }
const failed = stream([text.item], text.events, { status: 'failed', error: failure })
const begun = events.slice(0, 6)

export const endCases: readonly ResponseCase[] = [
  one(
    'cut by max_output_tokens',
    'A limit is a regular end.',
    stream([cutText], text.events, incomplete('max_output_tokens')),
    { end: 'incomplete', text: 'Hello!', output: [cutText] },
  ),
  one(
    'cut by the content filter',
    'A filter is a regular end.',
    stream([cutText], text.events, incomplete('content_filter')),
    { end: 'incomplete', text: 'Hello!' },
  ),
  one(
    'completed, with the status incomplete (vLLM)',
    'The status beats the name of the event.',
    stream([cutText], text.events, incomplete('max_output_tokens')).map((event) => ({
      ...event,
      type: event['type'] === 'response.incomplete' ? 'response.completed' : event['type'],
    })),
    { end: 'incomplete', text: 'Hello!' },
  ),
  one('response.failed', 'The server says that it failed.', failed, { end: 'error' }),
  one(
    'an error, then response.failed (OpenAI)',
    'The server says twice that it failed.',
    [
      ...begun,
      {
        type: 'error',
        error: { type: 'server_error', ...failure, param: null },
        sequence_number: 6,
      },
      ...failed.slice(-1),
    ],
    { end: 'error' },
  ),
  one(
    'an error with its fields beside the type, as documented',
    'It ends the stream.',
    [...begun, { type: 'error', ...failure, param: null, sequence_number: 6 }],
    { end: 'error' },
  ),
  one(
    'an error with nested fields (OpenAI)',
    'It ends the stream.',
    [...begun, { type: 'error', error: failure, sequence_number: 6 }],
    { end: 'error' },
  ),
  one(
    'an error whose code is null',
    'The code is optional.',
    [...begun, { type: 'error', code: null, message: 'Busy', param: null, sequence_number: 6 }],
    { end: 'error' },
  ),
  one(
    'an error as the first event',
    'There is no response.',
    [{ type: 'error', ...failure, param: null, sequence_number: 0 }],
    { end: 'error' },
  ),
  one(
    'response.error (Databricks)',
    'An error under another name.',
    [...begun, { type: 'response.error', error: failure }],
    { end: 'error' },
  ),
  one(
    'an error without a type',
    'The field tells that it is one.',
    [...begun, { error: failure }],
    { end: 'error' },
  ),
  one(
    'an error as a JSON answer with status 200',
    'There is no stream.',
    JSON.stringify({ error: failure }),
    { end: 'error' },
  ),
  one('cut in the first text', 'The connection ended, not the response.', begun, { end: 'cut' }),
  one(
    'cut before the terminal event',
    'Every item is done, but the server has not said that there are no more.',
    events.slice(0, -1),
    { end: 'cut' },
  ),
  one('cut after created', 'There is no output.', events.slice(0, 1), { end: 'cut' }),
  one('nothing at all', 'An empty body is not an empty response.', [], { end: 'cut' }),
  one(
    '[DONE] without a terminal event',
    'It closes the stream, and not the response.',
    begun,
    { end: 'cut' },
    { done: true },
  ),
  one(
    'cut in the arguments of a call',
    'Half a call must not look like a whole one.',
    stream([weather.item], weather.events).slice(0, 4),
    { end: 'cut' },
  ),
  one(
    'the response itself, not streamed',
    'Some gateways ignore `stream`.',
    JSON.stringify(whole([text.item])),
    { end: 'completed', text: 'Hello!', output: [text.item] },
  ),
]
