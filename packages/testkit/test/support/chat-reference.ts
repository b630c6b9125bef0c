import type { GeneratedCompletion, Json, JsonObject } from '@tesserae/testkit/arbitraries'

// Puts chunks together in the plainest way that knows every quirk, apart from the code that makes the chunks: what the
// generator says a stream means is compared with what this finds.

const PADDING = ['obfuscation', 'p', 'nonce']
const GROWING = ['content', 'refusal', 'reasoning_content', 'reasoning']

type Fields = Map<string, Json>

export function accumulate(chunks: readonly JsonObject[]): GeneratedCompletion {
  const top: Fields = new Map<string, Json>([['id', '']])
  const choices = new Map<number, ReturnType<typeof newChoice>>()

  for (const chunk of chunks) {
    for (const [key, value] of Object.entries(chunk)) {
      if (key === 'choices' || key === 'object' || PADDING.includes(key)) continue
      if (key === 'id' || key === 'created') keepFirst(top, key, value)
      else if (key === 'model') value !== '' && top.set(key, value)
      else keepLast(top, key, value)
    }
    const groq = chunk['x_groq'] as JsonObject | undefined
    if (groq?.['usage']) top.set('usage', groq['usage'])
    for (const part of (chunk['choices'] ?? []) as JsonObject[]) {
      const index = (part['index'] ?? 0) as number
      const choice = choices.get(index) ?? newChoice()
      choices.set(index, choice)
      choice.add(part)
      if (part['usage']) top.set('usage', part['usage'])
    }
  }

  top.set('object', 'chat.completion')
  const found = [...choices].sort(([one], [other]) => one - other)
  top.set('choices', found.map(([index, choice]) => ({ ...choice.result(), index })) as Json)
  return objectOf(top) as unknown as GeneratedCompletion
}

function newChoice() {
  const fields: Fields = new Map()
  const message: Fields = new Map()
  const calls: JsonObject[] = []
  const details: JsonObject[] = []
  let logprobs: { content: Json[] | null; refusal: Json[] | null } | null = null

  return {
    add(part: JsonObject): void {
      for (const [key, value] of Object.entries(part)) {
        if (key === 'index' || key === 'message') continue
        else if (key === 'delta') addDelta((value ?? {}) as JsonObject)
        else if (key === 'finish_reason') value && fields.set(key, value)
        else if (key === 'logprobs') addLogprobs(value as typeof logprobs)
        else keepLast(fields, key, value)
      }
    },
    result(): JsonObject {
      const inOrder = calls.toSorted(
        (one, other) => (slots.get(one) ?? 0) - (slots.get(other) ?? 0),
      )
      if (calls.length > 0) message.set('tool_calls', inOrder)
      if (details.length > 0) message.set('reasoning_details', details)
      message.set('role', 'assistant')
      return { ...objectOf(fields), logprobs: logprobs as Json, message: objectOf(message) }
    },
  }

  function addLogprobs(part: typeof logprobs): void {
    if (part === null) return
    logprobs ??= { content: null, refusal: null }
    for (const name of ['content', 'refusal'] as const) {
      const tokens = part[name]
      if (tokens) logprobs[name] = [...(logprobs[name] ?? []), ...tokens]
    }
  }

  function addDelta(delta: JsonObject): void {
    for (const [key, value] of Object.entries(delta)) {
      if (GROWING.includes(key)) {
        if (typeof value === 'string')
          message.set(key, ((message.get(key) as string | null) ?? '') + value)
        else if (!message.has(key) && (key === 'content' || key === 'refusal'))
          message.set(key, null)
      } else if (key === 'tool_calls') {
        for (const entry of (value ?? []) as JsonObject[]) addToolCall(entry)
      } else if (key === 'function_call') {
        if (value)
          message.set(
            key,
            grow(message.get(key) as JsonObject | undefined, value as JsonObject, ['arguments']),
          )
      } else if (key === 'audio') {
        message.set(
          key,
          grow(message.get(key) as JsonObject | undefined, value as JsonObject, [
            'data',
            'transcript',
          ]),
        )
      } else if (key === 'annotations' || key === 'images') {
        message.set(key, [
          ...((message.get(key) as Json[] | undefined) ?? []),
          ...(value as Json[]),
        ])
      } else if (key === 'reasoning_details') {
        for (const detail of value as JsonObject[]) addDetail(detail)
      } else if (key !== 'role') {
        keepLast(message, key, value)
      }
    }
  }

  function addDetail(detail: JsonObject): void {
    const last = details.at(-1)
    const goesOn =
      last &&
      last['type'] === detail['type'] &&
      last['index'] === detail['index'] &&
      last['id'] === detail['id'] &&
      !('signature' in last) &&
      !('data' in detail)
    if (goesOn) details[details.length - 1] = grow(last, detail, ['text', 'summary'])
    else details.push(detail)
  }

  /** The index finds the call, unless the id and the state of the call say that it must be another one. */
  function addToolCall(entry: JsonObject): void {
    const position = entry['index']
    const isIndex = typeof position === 'string' || (typeof position === 'number' && position >= 0)
    const index = isIndex ? Number(position) : undefined
    const id = (entry['id'] ?? '') as string
    const part = (entry['function'] ?? entry['custom']) as JsonObject | undefined
    const name = part?.['name']

    let call = calls.findLast((call) =>
      index === undefined ? call['id'] === id : slots.get(call) === index,
    )
    if (call && id !== '' && id !== call['id'] && (name || isComplete(call))) call = undefined
    if (!call) {
      call = { id, type: '' }
      if (index !== undefined) slots.set(call, index)
      calls.push(call)
    }
    for (const [key, value] of Object.entries(entry)) {
      if (key === 'index' || key === 'id') continue
      else if (key === 'type') value && (call['type'] = value)
      else if (key === 'function' || key === 'custom') {
        call['type'] ||= key
        call[key] = growBody(call[key] as JsonObject | undefined, value as JsonObject)
      } else define(call, key, value)
    }
  }

  function growBody(body: JsonObject = {}, part: JsonObject): JsonObject {
    const { name, ...more } = part
    const growing = 'input' in part || 'input' in body ? 'input' : 'arguments'
    const value = more[growing]
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? '')
    const before = (body['name'] ?? '') as string
    // A name that is repeated is not a second piece, and after the arguments have begun there is none.
    const isPiece = name && name !== before && !body[growing]
    return {
      name: isPiece ? before + (name as string) : before,
      [growing]: ((body[growing] ?? '') as string) + (text as string),
    }
  }
}

const slots = new WeakMap<JsonObject, number>()

function isComplete(call: JsonObject): boolean {
  try {
    JSON.parse((call['function'] as JsonObject)['arguments'] as string)
    return true
  } catch {
    return call['type'] === 'custom'
  }
}

function grow(before: JsonObject = {}, part: JsonObject, names: readonly string[]): JsonObject {
  const result = { ...before }
  for (const [key, value] of Object.entries(part)) {
    const grown = names.includes(key)
      ? ((result[key] ?? '') as string) + ((value ?? '') as string)
      : value
    define(result, key, grown)
  }
  return result
}

function keepFirst(fields: Fields, key: string, value: Json): void {
  if (!fields.get(key)) fields.set(key, value)
}

function keepLast(fields: Fields, key: string, value: Json): void {
  if (value !== null || !fields.has(key)) fields.set(key, value)
}

function objectOf(fields: Fields): JsonObject {
  return Object.fromEntries(fields)
}

function define(target: JsonObject, key: string, value: Json): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  })
}
