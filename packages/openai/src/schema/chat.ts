import type {
  ChatCompletion,
  ChatCompletionChunk,
  ErrorFrame,
  TextCompletion,
  TextCompletionChunk,
} from '../types.ts'
import {
  byField,
  is,
  listOf,
  nullable,
  objectWith,
  oneOf,
  recordOf,
  schema,
  type Schema,
} from './standard.ts'

const string = is('a string', (value) => typeof value === 'string')
const number = is('a number', (value) => typeof value === 'number')
const boolean = is('a boolean', (value) => typeof value === 'boolean')
const count = is('a whole number from 0', (value) => Number.isInteger(value) && Number(value) >= 0)
// An unknown word is accepted: servers have reasons of their own.
const text = nullable(string)

const usage = objectWith({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  'prompt_tokens_details?': nullable(recordOf(nullable(number))),
  'completion_tokens_details?': nullable(recordOf(nullable(number))),
})

const topLogprob = { token: string, logprob: number, bytes: nullable(listOf(count)) }
const tokens = nullable(
  listOf(objectWith({ ...topLogprob, top_logprobs: listOf(objectWith(topLogprob)) })),
)
const logprobs = nullable(objectWith({ content: tokens, refusal: tokens }))

const moderationSide = byField('type', {
  moderation_results: objectWith({
    model: string,
    results: listOf(
      objectWith({
        type: oneOf('moderation_result'),
        model: string,
        flagged: boolean,
        categories: recordOf(boolean),
        category_scores: recordOf(number),
        category_applied_input_types: recordOf(listOf(oneOf('text', 'image'))),
      }),
    ),
  }),
  error: objectWith({ code: string, message: string }),
})

const head = {
  id: string,
  created: number,
  model: string,
  'service_tier?': text,
  'system_fingerprint?': text,
  'moderation?': nullable(objectWith({ input: moderationSide, output: moderationSide })),
}

const annotation = objectWith({
  type: oneOf('url_citation'),
  url_citation: objectWith({ start_index: count, end_index: count, title: string, url: string }),
})

const reasoning = {
  'reasoning_content?': text,
  'reasoning?': text,
  'reasoning_details?': nullable(
    listOf(
      objectWith({
        'type?': string,
        'text?': text,
        'summary?': text,
        'data?': text,
        'signature?': text,
        'id?': text,
        'format?': text,
        'index?': nullable(number),
      }),
    ),
  ),
}

const delta = objectWith({
  'role?': string,
  'content?': text,
  'refusal?': text,
  'tool_calls?': listOf(
    objectWith({
      index: count,
      'id?': string,
      'type?': oneOf('function', 'custom'),
      'function?': objectWith({ 'name?': string, 'arguments?': string }),
      'custom?': objectWith({ 'name?': string, 'input?': string }),
    }),
  ),
  'function_call?': objectWith({ 'name?': string, 'arguments?': string }),
  'audio?': objectWith({
    'id?': string,
    'data?': string,
    'transcript?': string,
    'expires_at?': number,
  }),
  'annotations?': listOf(annotation),
  ...reasoning,
})

const message = objectWith({
  role: oneOf('assistant'),
  content: text,
  refusal: text,
  'annotations?': listOf(annotation),
  'audio?': nullable(
    objectWith({ id: string, data: string, transcript: string, expires_at: number }),
  ),
  'function_call?': nullable(objectWith({ name: string, arguments: string })),
  'tool_calls?': listOf(
    byField('type', {
      function: objectWith({
        id: string,
        function: objectWith({ name: string, arguments: string }),
      }),
      custom: objectWith({ id: string, custom: objectWith({ name: string, input: string }) }),
    }),
  ),
  ...reasoning,
})

const textChoice = {
  index: count,
  text: string,
  logprobs: nullable(
    objectWith({
      'tokens?': listOf(string),
      'token_logprobs?': listOf(nullable(number)),
      'text_offset?': listOf(count),
      'top_logprobs?': nullable(listOf(nullable(recordOf(number)))),
    }),
  ),
}

const textHead = { id: string, created: number, model: string, 'system_fingerprint?': text }

/**
 * A chunk of a streamed chat completion, as the official API documents it.
 *
 * @example
 * ```ts
 * import { chatCompletionChunk } from '@tesserae/openai/schema'
 *
 * const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: null }
 * const { issues } = chatCompletionChunk['~standard'].validate(chunk)
 * issues?.[0]?.message // => 'choices has to be an array, not null.'
 * ```
 */
export const chatCompletionChunk: Schema<ChatCompletionChunk> = schema(
  objectWith({
    ...head,
    object: oneOf('chat.completion.chunk'),
    choices: listOf(
      objectWith({ index: count, delta, finish_reason: text, 'logprobs?': logprobs }),
    ),
    'usage?': nullable(usage),
    'obfuscation?': string,
  }),
)

/** A chat completion that was not streamed. */
export const chatCompletion: Schema<ChatCompletion> = schema(
  objectWith({
    ...head,
    object: oneOf('chat.completion'),
    choices: listOf(objectWith({ index: count, message, finish_reason: string, logprobs })),
    'usage?': usage,
    'metadata?': nullable(recordOf(string)),
  }),
)

/** A chunk of the legacy completions API. */
export const textCompletionChunk: Schema<TextCompletionChunk> = schema(
  objectWith({
    ...textHead,
    object: oneOf('text_completion'),
    choices: listOf(objectWith({ ...textChoice, finish_reason: text })),
    'usage?': nullable(usage),
  }),
)

/** A completion of the legacy API that was not streamed. */
export const textCompletion: Schema<TextCompletion> = schema(
  objectWith({
    ...textHead,
    object: oneOf('text_completion'),
    choices: listOf(objectWith({ ...textChoice, finish_reason: string })),
    'usage?': usage,
  }),
)

/** An error in place of a chunk, as the official API sends it. */
export const errorFrame: Schema<ErrorFrame> = schema(
  objectWith({
    error: objectWith({
      message: string,
      'type?': text,
      'param?': text,
      'code?': nullable(is('a string or a number', (value) => /string|number/.test(typeof value))),
    }),
  }),
)
