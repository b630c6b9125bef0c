import type { Call, Case } from '../case.ts'
import { begin, call, chunk, finish, more, paris, role, rome, say } from './pieces.ts'

const weather: Call = ['call_a', 'get_weather', paris]
const time: Call = ['call_b', 'get_time', rome]
const start = say({ role: 'assistant', content: null })
const stop = finish('tool_calls')

export const toolCalls: readonly Case[] = [
  {
    name: 'two tool calls in standard fragments (OpenAI)',
    why: 'Fragments with one index are one call; its id and its name come in the first.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather')),
      call(more(0, '{"city":')),
      call(more(0, '"Paris"}')),
      call(begin(1, 'call_b', 'get_time')),
      call(more(1, rome)),
      stop,
    ],
    expected: { tools: [weather, time], finish: 'tool_calls' },
  },
  {
    name: 'one call, whole, without index (Gemini)',
    why: 'An answer in one piece has no index either; one call is one call.',
    data: [start, call(begin(undefined, 'call_a', 'get_weather', paris)), stop],
    expected: { tools: [weather] },
  },
  {
    name: 'two calls without index, a chunk each (Gemini)',
    why: 'Two ids and two names are two calls.',
    data: [
      start,
      call(begin(undefined, 'call_a', 'get_weather', paris)),
      call(begin(undefined, 'call_b', 'get_time', rome)),
      stop,
    ],
    expected: { tools: [weather, time] },
  },
  {
    name: 'two calls without index in one chunk (Mistral)',
    why: 'Two ids and two names are two calls.',
    data: [
      start,
      call(
        begin(undefined, 'call_a', 'get_weather', paris),
        begin(undefined, 'call_b', 'get_time', rome),
      ),
      stop,
    ],
    expected: { tools: [weather, time] },
  },
  {
    name: 'one call without index, its arguments in pieces (Gemini)',
    why: 'A fragment that names nothing goes on with the call that is open.',
    data: [
      start,
      call(begin(undefined, 'call_a', 'get_weather', '{"city":')),
      call(more(undefined, '"Paris"')),
      call(more(undefined, '}')),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'two calls with index 0 and ids of their own (Ollama, SGLang)',
    why: 'An id belongs to one call, so another id with a name is another call.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', paris)),
      call(begin(0, 'call_b', 'get_time', rome)),
      stop,
    ],
    expected: { tools: [weather, time] },
  },
  {
    name: 'several fragments of one index in a chunk (vLLM)',
    why: 'Fragments with one index are one call, whether a chunk holds one of them or three.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather')),
      call(more(0, '{"city":'), more(0, '"Par'), more(0, 'is"}')),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'the same in the first chunk (vLLM)',
    why: 'It makes no difference which chunk it is.',
    data: [
      say({
        role: 'assistant',
        content: null,
        tool_calls: [begin(0, 'call_a', 'get_weather'), more(0, '{"city":'), more(0, '"Paris"}')],
      }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'id and type in each fragment (vLLM)',
    why: 'An id that is sent again is the same id.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', '{"city":')),
      call({ ...more(0, '"Paris"}'), id: 'call_a', type: 'function' }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'the name in each fragment (MiniMax)',
    why: 'A name that is sent again is the same name, and the arguments are still open.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', '{"city":')),
      call({ index: 0, function: { name: 'get_weather', arguments: '"Paris"}' } }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'a name in two pieces (Gemini)',
    why: 'Before any arguments have come, more of a name is the rest of it.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_')),
      call({ index: 0, function: { name: 'weather' } }),
      call(more(0, paris)),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'an empty name first, and the name later',
    why: 'A call has a name, so an empty one is a place that is kept for it.',
    data: [
      start,
      call(begin(0, 'call_a', '')),
      call({ index: 0, function: { name: 'get_weather', arguments: '' } }),
      call(more(0, paris)),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'no name first, and the name later',
    why: 'A fragment is a part: what it leaves out may come in the next.',
    data: [
      start,
      call({ index: 0, id: 'call_a', type: 'function', function: { arguments: '' } }),
      call({ index: 0, function: { name: 'get_weather', arguments: paris } }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'arguments null first (Writer)',
    why: 'Null is nothing, and adds nothing.',
    data: [start, call(begin(0, 'call_a', 'get_weather', null)), call(more(0, paris)), stop],
    expected: { tools: [weather] },
  },
  {
    name: 'arguments as an object (MiniMax, llama.cpp)',
    why: 'Arguments are JSON in a string; an object is what that JSON says.',
    data: [start, call(begin(0, 'call_a', 'get_weather', { city: 'Paris' })), stop],
    expected: { tools: [weather] },
  },
  {
    name: 'no id at all',
    why: 'The call was made all the same; a caller that needs an id makes one up.',
    data: [
      start,
      call({ index: 0, type: 'function', function: { name: 'get_weather', arguments: '' } }),
      call(more(0, paris)),
      stop,
    ],
    expected: { tools: [[undefined, 'get_weather', paris]] },
  },
  {
    name: 'an empty id in the fragments that go on (Qwen)',
    why: 'An empty id is not an id, so the index decides.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', '{"city":')),
      call({ ...more(0, '"Paris"}'), id: '' }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'no type (Mistral)',
    why: 'What has a `function` is a function.',
    data: [
      start,
      call({ index: 0, id: 'call_a', function: { name: 'get_weather', arguments: paris } }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'the first index is 1 (a gateway before Anthropic)',
    why: 'An index tells calls apart; it does not promise that there is another before.',
    data: [
      start,
      call(begin(1, 'call_a', 'get_weather', '{"city":')),
      call(more(1, '"Paris"}')),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'arguments of two calls in turns',
    why: 'Each fragment says by its index which call it goes on with.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather'), begin(1, 'call_b', 'get_time')),
      call(more(0, '{"city":')),
      call(more(1, '{"city":')),
      call(more(0, '"Paris"}')),
      call(more(1, '"Rome"}')),
      stop,
    ],
    expected: { tools: [weather, time] },
  },
  {
    name: 'an index as text',
    why: '"0" counts what 0 counts.',
    data: [
      start,
      call(begin('0', 'call_a', 'get_weather', '{"city":')),
      call(more('0', '"Paris"}')),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'an id first, and the function later',
    why: 'A fragment is a part: what it leaves out may come in the next.',
    data: [
      start,
      call({ index: 0, id: 'call_a', type: 'function' }),
      call({ index: 0, function: { name: 'get_weather', arguments: paris } }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'tool calls with the finish reason `stop` (Gemini)',
    why: 'The calls are there, and the finish reason is what the server says.',
    data: [start, call(begin(0, 'call_a', 'get_weather', paris)), finish('stop')],
    expected: { tools: [weather] },
  },
  {
    name: 'tool_calls null or empty beside text (SGLang)',
    why: 'There are no calls, in whichever way the server says so.',
    data: [
      role,
      say({ content: 'Hel', tool_calls: null }),
      say({ content: 'lo', tool_calls: [] }),
      finish('stop'),
    ],
    expected: { content: 'Hello', tools: [] },
  },
  {
    name: 'an empty name and no id in what goes on (GLM)',
    why: 'An empty name is not a name, so it neither replaces one nor begins a call.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', '{"city":')),
      call({ index: 0, id: '', function: { name: '', arguments: '"Paris"}' } }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'another id in each fragment of a call',
    why: 'With one index, no other name and arguments that are open, it is the call that was begun.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', '{"ci')),
      call({ ...more(0, 'ty":"Pa'), id: 'call_x' }),
      call({ ...more(0, 'ris"}'), id: 'call_y' }),
      stop,
    ],
    expected: { tools: [weather] },
  },
  {
    name: 'a signature beside the function (Gemini)',
    why: 'The server wants it back with the call, and refuses the next request without it.',
    data: [
      start,
      call({
        ...begin(0, 'call_a', 'get_weather', paris),
        extra_content: { google: { thought_signature: 'c2lnbmVk' } },
      }),
      stop,
    ],
    expected: { signature: 'c2lnbmVk', tools: [weather] },
  },
  {
    name: 'a custom tool, its input in pieces (OpenAI)',
    why: 'The documentation gives its input as text, which grows as arguments do.',
    data: [
      start,
      call({ index: 0, id: 'call_a', type: 'custom', custom: { name: 'sql', input: 'select ' } }),
      call({ index: 0, custom: { input: '1' } }),
      stop,
    ],
    expected: { customTools: [['call_a', 'sql', 'select 1']] },
  },
  {
    name: 'a call that `length` cut',
    why: 'What came is what came: arguments that were cut are not mended, and the reason is reported.',
    data: [
      start,
      call(begin(0, 'call_a', 'get_weather', '{"city":')),
      call(more(0, '"Par')),
      finish('length'),
    ],
    expected: { finish: 'length', tools: [['call_a', 'get_weather', '{"city":"Par']] },
  },
  {
    name: 'the deprecated function call (OpenAI)',
    why: 'It is still documented: the name first, then the arguments in pieces.',
    data: [
      say({
        role: 'assistant',
        content: null,
        function_call: { name: 'get_weather', arguments: '' },
      }),
      say({ function_call: { arguments: '{"city":' } }),
      say({ function_call: { arguments: '"Paris"}' } }),
      chunk({ index: 0, delta: {}, finish_reason: 'function_call' }),
    ],
    expected: { functionCall: [undefined, 'get_weather', paris] },
  },
]
