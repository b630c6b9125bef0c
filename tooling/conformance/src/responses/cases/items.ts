import type { ResponseCase } from '../case.ts'
import {
  added,
  call,
  done,
  message,
  one,
  reasoning,
  stream,
  type Wire,
  withOutput,
} from './pieces.ts'

// Kinds of items and parts, and habits that only show with some of them.

const refusal = message(0, 'msg_1', ['I ', "can't."], 'refusal')
const full = reasoning(0, 'rs_1', ['Add', ' them.'], 'full')
const answer = message(1, 'msg_1', ['It is ', '4.'])
const second = message(1, 'msg_2', ['Bye', '.'])
const first = message(0, 'msg_1', ['Hi', '.'])
const weather = call(0, 'a', 'get_weather', ['{"city":', '"Paris"}'])
const time = call(1, 'b', 'get_time', ['{"zone"', ':"CET"}'])
const bareCall = call(0, 'a', 'get_time', [])
const citation = {
  type: 'url_citation',
  url: 'https://example.com',
  title: 'T',
  start_index: 0,
  end_index: 2,
}
const custom = {
  id: 'ctc_1',
  type: 'custom_tool_call',
  status: 'completed',
  call_id: 'call_k',
  name: 'run',
  input: 'x = 1',
}
const search = {
  id: 'ws_1',
  type: 'web_search_call',
  status: 'completed',
  action: { type: 'search', query: 'w' },
}
const mcp = {
  id: 'mcp_1',
  type: 'mcp_call',
  name: 'ask',
  arguments: '{}',
  server_label: 's',
  output: 'ok',
  error: null,
}
const code = {
  id: 'ci_1',
  type: 'code_interpreter_call',
  status: 'completed',
  code: 'print(1)',
  container_id: 'c',
  outputs: [],
}
const image = { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'AAAA' }
const future = { id: 'f_1', type: 'item_of_the_future', status: 'completed', mood: 'good' }
const secret = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAA' }
const patch = {
  id: 'ap_1',
  type: 'apply_patch_call',
  call_id: 'call_p',
  status: 'completed',
  operation: { type: 'update_file', path: 'a', diff: '+a' },
}
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const open = (item: Wire, more: Wire = {}): Wire =>
  added(0, { ...item, status: 'in_progress', ...more })
const cited = {
  ...first.item,
  content: [{ type: 'output_text', text: 'Hi.', annotations: [citation], logprobs: [] }],
}
const logprobs = [{ token: 'Hi.', bytes: [72, 105, 46], logprob: -0.5, top_logprobs: [] }]
const likely = {
  ...first.item,
  content: [{ type: 'output_text', text: 'Hi.', annotations: [], logprobs }],
}
const twoParts = {
  ...first.item,
  content: ['a', 'b'].map((text) => ({ type: 'output_text', text, annotations: [], logprobs: [] })),
}
const shared = (events: readonly Wire[]): Wire[] =>
  events.map((event) => ('output_index' in event ? { ...event, output_index: 0 } : event))

export const itemCases: readonly ResponseCase[] = [
  one('a refusal', 'A refusal is not a text.', stream([refusal.item], refusal.events), {
    end: 'completed',
    refusal: "I can't.",
    text: '',
    output: [refusal.item],
  }),
  one(
    'reasoning in full',
    'It is reasoning, like a summary.',
    stream([full.item, answer.item], [...full.events, ...answer.events]),
    {
      end: 'completed',
      reasoning: 'Add them.',
      text: 'It is 4.',
      output: [full.item, answer.item],
    },
  ),
  one(
    'reasoning in full, without indexes (llama.cpp)',
    'The id names the item.',
    stream(
      [full.item, answer.item],
      [...full.events, ...answer.events].map(
        ({ output_index: _, content_index: __, ...event }) => event,
      ),
    ),
    { end: 'completed', reasoning: 'Add them.', text: 'It is 4.' },
  ),
  one(
    'reasoning in parts called reasoning_part (vLLM, Bedrock)',
    'The same part under another name.',
    stream(
      [full.item],
      full.events.map((event) => ({
        ...event,
        type: String(event['type']).replace('content_part', 'reasoning_part'),
      })),
    ),
    { end: 'completed', reasoning: 'Add them.', output: [full.item] },
  ),
  one(
    'reasoning in a part that was opened as text (vLLM)',
    'The first delta tells its kind.',
    withOutput(
      stream(
        [full.item],
        full.events.map((event) =>
          event['type'] === 'response.content_part.added'
            ? { ...event, part: { type: 'output_text', text: '', annotations: [] } }
            : event,
        ),
      ),
      [],
    ),
    { end: 'completed', reasoning: 'Add them.', output: [full.item] },
  ),
  one(
    'reasoning under its name of an earlier version',
    'The same event under another name.',
    stream(
      [full.item],
      full.events.map((event) => ({
        ...event,
        type: String(event['type']).replace('reasoning_text', 'reasoning'),
      })),
    ),
    { end: 'completed', reasoning: 'Add them.', output: [full.item] },
  ),
  one(
    'encrypted reasoning',
    'It comes with the item, and must be sent back.',
    stream([secret], [open(secret, { encrypted_content: 'gA' }), done(0, secret)]),
    { end: 'completed', output: [secret] },
  ),
  one(
    'two messages',
    'A response may have several.',
    stream([first.item, second.item], [...first.events, ...second.events]),
    { end: 'completed', text: 'Hi.Bye.', output: [first.item, second.item] },
  ),
  one(
    'two texts in one message',
    'A message may have several parts.',
    stream(
      [twoParts],
      [
        open(twoParts, { content: [] }),
        ...['a', 'b'].flatMap((text, content_index) => [
          {
            type: 'response.content_part.added',
            ...place,
            content_index,
            part: { type: 'output_text', text: '', annotations: [] },
          },
          {
            type: 'response.output_text.delta',
            ...place,
            content_index,
            delta: text,
            logprobs: [],
          },
          { type: 'response.output_text.done', ...place, content_index, text, logprobs: [] },
        ]),
        done(0, twoParts),
      ],
    ),
    { end: 'completed', text: 'ab', output: [twoParts] },
  ),
  one(
    'citations',
    'Annotations belong to the text.',
    stream(
      [cited],
      [
        ...first.events.slice(0, -1),
        {
          type: 'response.output_text.annotation.added',
          ...place,
          annotation_index: 0,
          annotation: citation,
        },
        done(0, cited),
      ],
    ),
    { end: 'completed', text: 'Hi.', output: [cited] },
  ),
  one(
    'log probabilities that the end of the part leaves out (OpenAI)',
    'An empty list does not take back the deltas.',
    withOutput(
      stream(
        [likely],
        [
          ...first.events.slice(0, 2),
          { type: 'response.output_text.delta', ...place, delta: 'Hi.', logprobs },
          { type: 'response.output_text.done', ...place, text: 'Hi.', logprobs },
          {
            type: 'response.content_part.done',
            ...place,
            part: first.item['content'] && (first.item['content'] as unknown[])[0],
          },
          done(0, likely),
        ],
      ),
      [],
    ),
    { end: 'completed', text: 'Hi.', output: [likely] },
  ),
  one(
    'a custom tool',
    'Its input is any text.',
    stream(
      [custom],
      [
        open(custom, { input: '' }),
        {
          type: 'response.custom_tool_call_input.delta',
          item_id: 'ctc_1',
          output_index: 0,
          delta: 'x = 1',
        },
        {
          type: 'response.custom_tool_call_input.done',
          item_id: 'ctc_1',
          output_index: 0,
          input: 'x = 1',
        },
        done(0, custom),
      ],
    ),
    { end: 'completed', output: [custom] },
  ),
  one(
    'a call without arguments',
    'Functions may have none.',
    stream([bareCall.item], bareCall.events),
    { end: 'completed', output: [bareCall.item] },
  ),
  one(
    'two calls at one index (LlamaStack)',
    'The id names the item.',
    stream([weather.item, time.item], shared([...weather.events, ...time.events])),
    {
      end: 'completed',
      tools: [
        ['call_a', 'get_weather', '{"city":"Paris"}'],
        ['call_b', 'get_time', '{"zone":"CET"}'],
      ],
      output: [weather.item, time.item],
    },
  ),
  one(
    'two calls that take turns',
    'The item of each event is named.',
    stream([weather.item, time.item], [
      weather.events[0],
      time.events[0],
      weather.events[1],
      time.events[1],
      weather.events[2],
      time.events[2],
      ...weather.events.slice(3),
      ...time.events.slice(3),
    ] as Wire[]),
    {
      end: 'completed',
      tools: [
        ['call_a', 'get_weather', '{"city":"Paris"}'],
        ['call_b', 'get_time', '{"zone":"CET"}'],
      ],
      output: [weather.item, time.item],
    },
  ),
  one(
    'arguments that name the call and not the item (early llama.cpp)',
    'The call_id names the item as well.',
    stream(
      [weather.item],
      weather.events.map((event) => ('item_id' in event ? { ...event, item_id: 'call_a' } : event)),
    ),
    { end: 'completed', tools: [['call_a', 'get_weather', '{"city":"Paris"}']] },
  ),
  one(
    'a finished call without an id (vLLM, Bedrock)',
    'The index names the open item.',
    stream(
      [weather.item],
      weather.events.map((event) =>
        event['type'] === 'response.output_item.done'
          ? { ...event, item: { ...weather.item, id: null } }
          : event,
      ),
    ),
    { end: 'completed', tools: [['call_a', 'get_weather', '{"city":"Paris"}']] },
  ),
  one(
    'a call that is added whole (transformers)',
    'There is nothing to add to it.',
    stream([weather.item], [added(0, weather.item), done(0, weather.item)]),
    {
      end: 'completed',
      tools: [['call_a', 'get_weather', '{"city":"Paris"}']],
      output: [weather.item],
    },
  ),
  one(
    'a call that is only in the terminal event',
    'The terminal event is the response.',
    stream([weather.item], []),
    {
      end: 'completed',
      tools: [['call_a', 'get_weather', '{"city":"Paris"}']],
      output: [weather.item],
    },
  ),
  one(
    'a text that is only in the terminal event',
    'The terminal event is the response.',
    stream([first.item], []),
    { end: 'completed', text: 'Hi.', output: [first.item] },
  ),
  one(
    'a text that only ends (gemini-web2api)',
    'The text is whole.',
    withOutput(
      stream([first.item], [{ type: 'response.output_text.done', ...place, text: 'Hi.' }]),
      [],
    ),
    { end: 'completed', text: 'Hi.' },
  ),
  one(
    'a web search',
    'It runs on the server.',
    stream(
      [search, answer.item],
      [
        added(0, { id: 'ws_1', type: 'web_search_call', status: 'in_progress' }),
        ...['in_progress', 'searching', 'completed'].map((state) => ({
          type: `response.web_search_call.${state}`,
          item_id: 'ws_1',
          output_index: 0,
        })),
        done(0, search),
        ...answer.events,
      ],
    ),
    { end: 'completed', text: 'It is 4.', output: [search, answer.item] },
  ),
  one(
    'a call of an MCP server without a status',
    'A state is not added to an item that has none.',
    withOutput(
      stream(
        [mcp],
        [
          added(0, { ...mcp, arguments: '', output: null }),
          { type: 'response.mcp_call.in_progress', item_id: 'mcp_1', output_index: 0 },
          {
            type: 'response.mcp_call_arguments.delta',
            item_id: 'mcp_1',
            output_index: 0,
            delta: '{}',
          },
          {
            type: 'response.mcp_call_arguments.done',
            item_id: 'mcp_1',
            output_index: 0,
            arguments: '{}',
          },
          { type: 'response.mcp_call.completed', item_id: 'mcp_1', output_index: 0 },
          done(0, mcp),
        ],
      ),
      [],
    ),
    { end: 'completed', output: [mcp] },
  ),
  one(
    'code that begins with null',
    'Null is not text.',
    withOutput(
      stream(
        [code],
        [
          open(code, { code: null }),
          {
            type: 'response.code_interpreter_call_code.delta',
            item_id: 'ci_1',
            output_index: 0,
            delta: 'print(1)',
          },
          {
            type: 'response.code_interpreter_call_code.done',
            item_id: 'ci_1',
            output_index: 0,
            code: 'print(1)',
          },
          done(0, code),
        ],
      ),
      [],
    ),
    { end: 'completed', output: [code] },
  ),
  one(
    'an image with a preview',
    'The preview is not part of the response.',
    stream(
      [image],
      [
        open(image, { result: null }),
        {
          type: 'response.image_generation_call.partial_image',
          item_id: 'ig_1',
          output_index: 0,
          partial_image_index: 0,
          partial_image_b64: 'AA',
        },
        done(0, image),
      ],
    ),
    { end: 'completed', output: [image] },
  ),
  one(
    'a patch whose diff is streamed (OpenAI)',
    'These events are not in the documentation.',
    withOutput(
      stream(
        [patch],
        [
          open(patch, { operation: { type: 'update_file', path: 'a', diff: '' } }),
          {
            type: 'response.apply_patch_call_operation_diff.delta',
            item_id: 'ap_1',
            output_index: 0,
            delta: '+a',
          },
          {
            type: 'response.apply_patch_call_operation_diff.done',
            item_id: 'ap_1',
            output_index: 0,
            diff: '+a',
          },
          done(0, patch),
        ],
      ),
      [],
    ),
    { end: 'completed', output: [patch] },
  ),
  one(
    'an item of an unknown type',
    'New types are added all the time.',
    stream([future], [open(future), done(0, future)]),
    { end: 'completed', output: [future] },
  ),
  one(
    'the items without a response around them (Databricks)',
    'No event says that there are no more items.',
    [
      { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'Hi.' },
      { type: 'response.output_item.done', item: first.item },
    ],
    { end: 'cut' },
    { done: true },
  ),
]
