import type {
  GeneratedCompletion,
  ChatQuirk,
  Json,
  JsonObject,
  GeneratedReasoningDetail,
} from './chat-types.ts'
import type { Dice } from './dice.ts'
import { copy, define } from './json.ts'

// What each quirk does, apart from the meaning. In this order they are applied: first what is in every chunk, then
// chunks that are added, at last what depends on the others having been.

/** One quirk: any of these steps, as it needs them. */
export interface QuirkRule {
  /** Of each group, a stream has one quirk: the others would contradict it, or make it ambiguous. */
  readonly groups?: readonly string[]
  /** Whether the quirk has anything to do in this completion. Default: it has. */
  readonly applies?: (completion: GeneratedCompletion) => boolean
  /** Changes what the stream will mean. */
  readonly prepare?: (completion: GeneratedCompletion) => void
  /** Tool calls are not taken apart. */
  readonly wholeCalls?: boolean
  /** Calls cannot be told apart by their index, so each ends before the next begins. */
  readonly uncountedCalls?: boolean
  /** Changes the entries of one tool call. */
  readonly fragments?: (fragments: JsonObject[], call: ToolCallContext) => JsonObject[] | void
  /** Changes the chunks, and the meaning where a quirk adds extensions. */
  readonly rewrite?: (chunks: JsonObject[], context: RewriteContext) => JsonObject[] | void
}

interface ToolCallContext {
  /** `function` or `custom`: the type, and the name of the entry's body. */
  readonly kind: string
  /** `arguments` or `input`: what grows in the body. */
  readonly growing: string
  readonly dice: Dice
}

interface RewriteContext {
  readonly completion: GeneratedCompletion
  readonly dice: Dice
}

const callsTools = ({ choices }: GeneratedCompletion): boolean =>
  choices.some(({ message }) => message.tool_calls)
const hasUsage = ({ usage }: GeneratedCompletion): boolean => usage !== undefined

export const QUIRKS: Readonly<Record<ChatQuirk, QuirkRule>> = {
  'role-in-every-chunk': {
    groups: ['role'],
    rewrite: (chunks) => eachDelta(chunks, (delta) => (delta['role'] = 'assistant')),
  },
  'role-missing': {
    groups: ['role'],
    rewrite: (chunks) => eachDelta(chunks, (delta) => delete delta['role']),
  },
  'role-empty': {
    groups: ['role'],
    rewrite: (chunks) => eachDelta(chunks, (delta) => 'role' in delta && (delta['role'] = '')),
  },
  'channel-in-every-delta': {
    prepare: ({ choices }) => choices.forEach(({ message }) => (message['channel'] = 'analysis')),
    rewrite: (chunks) => eachDelta(chunks, (delta) => (delta['channel'] = 'analysis')),
  },
  'nulls-in-deltas': {
    rewrite: (chunks, { completion }) => {
      const nullable = [
        'content',
        'refusal',
        'reasoning_content',
        'reasoning',
        'tool_calls',
        'function_call',
      ]
      eachDelta(chunks, (delta, choice) => {
        const message = completion.choices[choice['index'] as number]?.message
        for (const name of nullable) if (message && name in message) delta[name] ??= null
        delta['role'] ??= null
      })
    },
  },
  'tool-calls-null': {
    rewrite: (chunks, { dice }) => {
      const nothing = dice.once(2) ? () => [] : () => null
      eachDelta(chunks, (delta) => (delta['tool_calls'] ??= nothing()))
    },
  },
  'id-varies': {
    groups: ['id'],
    rewrite: (chunks) =>
      chunks.forEach((chunk, index) => {
        if (index > 0)
          chunk['id'] = index === chunks.length - 1 ? 'stub' : `${chunk['id']}-${index}`
      }),
  },
  'id-empty': {
    groups: ['id'],
    prepare: (completion) => (completion.id = ''),
  },
  'created-varies': {
    rewrite: (chunks) =>
      chunks.forEach((chunk, index) => (chunk['created'] = (chunk['created'] as number) + index)),
  },
  'model-changes': {
    rewrite: ([first, second]) => {
      if (first && second) first['model'] = 'model-router'
    },
  },
  'object-done': {
    rewrite: (chunks) => void ((chunks.at(-1) as JsonObject)['object'] = 'chat.completion.done'),
  },
  padding: {
    rewrite: (chunks, { dice }) => {
      const name = ['obfuscation', 'p', 'nonce'][dice.roll(3)] as string
      for (const chunk of chunks) chunk[name] = 'abcdefghijklmnopqrstuvwxyz'.slice(0, dice.roll(27))
    },
  },
  'reasoning-details-index-zero': {
    applies: ({ choices }) => choices.some(({ message }) => message.reasoning_details),
    prepare: ({ choices }) => {
      for (const { message } of choices) {
        if (!message.reasoning_details) continue
        // What neither an id, nor a type, nor a signature before it sets apart would belong to the block before it.
        const details: GeneratedReasoningDetail[] = []
        for (const detail of message.reasoning_details) {
          const previous = details.at(-1)
          const isSealed = previous && ('signature' in previous || 'data' in detail)
          if (detail.id !== undefined || previous?.type !== detail.type || isSealed) {
            details.push({ ...detail, index: 0 })
          }
        }
        message.reasoning_details = details
      }
    },
  },
  'message-beside-delta': {
    rewrite: (chunks) => {
      const texts = new Map<Json | undefined, string>()
      for (const choice of chunks.flatMap(choicesOf)) {
        const { content } = (choice['delta'] ?? {}) as JsonObject
        const text =
          (texts.get(choice['index']) ?? '') + (typeof content === 'string' ? content : '')
        texts.set(choice['index'], text)
        choice['message'] = { role: 'assistant', content: text }
      }
    },
  },
  'empty-deltas': {
    rewrite: (chunks, { completion, dice }) =>
      chunks.flatMap((chunk, at) => {
        const [choice] = choicesOf(chunk)
        if (at === 0 || choice === undefined || !dice.once(3)) return [chunk]
        const index = choice['index'] as number
        // An empty text would be a text where there is none.
        const delta = completion.choices[index]?.message.content === null ? {} : { content: '' }
        const begun = chunks
          .slice(0, at)
          .some((earlier) => choicesOf(earlier).some((one) => one['index'] === index))
        if (!begun) return [chunk]
        return [
          { ...chunk, choices: [{ index, delta, logprobs: null, finish_reason: null }] },
          chunk,
        ]
      }),
  },
  'finish-reason-repeated': {
    groups: ['finish'],
    rewrite: (chunks, { completion }) =>
      chunks.flatMap((chunk) => {
        const finished = choicesOf(chunk).filter((choice) => choice['finish_reason'] !== null)
        if (finished.length === 0) return [chunk]
        const again = finished.map(({ index, finish_reason }): JsonObject => {
          const { content } = (
            completion.choices[index as number] as { message: { content: string | null } }
          ).message
          const delta: JsonObject =
            content === null ? { role: 'assistant' } : { role: 'assistant', content: '' }
          return {
            index: index as Json,
            delta,
            logprobs: null,
            finish_reason: finish_reason as Json,
          }
        })
        return [chunk, { ...chunk, choices: again }]
      }),
  },
  'content-after-finish': {
    groups: ['finish'],
    rewrite: (chunks, { completion }) => {
      for (const { index, finish_reason } of completion.choices) {
        const found = chunks.flatMap(choicesOf).filter((choice) => choice['index'] === index)
        const lastOfMessage = found.findLastIndex(
          ({ delta }) => Object.keys(delta as JsonObject).length > 0,
        )
        const earlier = found[lastOfMessage - 1]
        if (!earlier) continue
        for (const choice of found) choice['finish_reason'] = null
        earlier['finish_reason'] = finish_reason
      }
    },
  },
  'finish-reason-missing': {
    groups: ['no finish'],
    rewrite: (chunks) =>
      eachChoice(chunks, (choice) => choice['finish_reason'] ?? delete choice['finish_reason']),
  },
  'finish-reason-empty': {
    groups: ['no finish'],
    rewrite: (chunks) => eachChoice(chunks, (choice) => (choice['finish_reason'] ??= '')),
  },
  'usage-in-last-chunk': {
    groups: ['usage'],
    applies: hasUsage,
    rewrite: (chunks, { completion: { usage } }) => {
      if (usage === undefined) return
      const rest = withoutUsageChunk(chunks)
      lastWithChoices(rest)['usage'] = copy(usage) as unknown as Json
      return rest
    },
  },
  'usage-in-every-chunk': {
    groups: ['usage'],
    applies: hasUsage,
    rewrite: (chunks, { completion: { usage } }) => {
      if (usage === undefined) return
      const { prompt_tokens, completion_tokens } = usage
      // Up to the one that has all of it already.
      const last = chunks.findIndex((chunk) => chunk['usage'])
      chunks.slice(0, last).forEach((chunk, index) => {
        const so_far = Math.min(index, completion_tokens)
        chunk['usage'] = {
          prompt_tokens,
          completion_tokens: so_far,
          total_tokens: prompt_tokens + so_far,
        }
      })
    },
  },
  'usage-in-x-groq': {
    groups: ['usage'],
    applies: hasUsage,
    rewrite: (chunks, { completion }) => {
      if (completion.usage === undefined) return
      const rest = withoutUsageChunk(chunks)
      for (const chunk of rest) delete chunk['usage']
      completion['x_groq'] = { id: 'req_1', usage: completion.usage }
      lastWithChoices(rest)['x_groq'] = copy(completion['x_groq']) as Json
      return rest
    },
  },
  'usage-in-choice': {
    groups: ['usage'],
    applies: hasUsage,
    rewrite: (chunks, { completion }) => {
      if (completion.usage === undefined) return
      const rest = withoutUsageChunk(chunks)
      for (const chunk of rest) delete chunk['usage']
      const choice = choicesOf(lastWithChoices(rest)).at(-1) as JsonObject
      choice['usage'] = copy(completion.usage) as unknown as Json
      Object.assign(completion.choices[choice['index'] as number] as object, {
        usage: completion.usage,
      })
      return rest
    },
  },
  'filter-chunk': {
    rewrite: (chunks, { completion, dice }) => {
      const content_filter_offsets = { check_offset: 44, start_offset: 44, end_offset: 198 }
      Object.assign(completion.choices[0] as object, { content_filter_offsets })
      const choices = [{ index: 0, finish_reason: null, content_filter_offsets }]
      return insert(
        chunks,
        { id: '', object: '', created: 0, model: '', choices },
        1 + dice.roll(chunks.length),
      )
    },
  },
  'choices-missing': {
    rewrite: (chunks, { dice }) => {
      const at = dice.roll(chunks.length + 1)
      const { id, object, created, model } = chunks[Math.max(0, at - 1)] as JsonObject
      const choices = dice.once(2) ? { choices: null } : {}
      return insert(chunks, { id, object, created, model, ...choices } as JsonObject, at)
    },
  },
  'empty-first-chunk': {
    rewrite: (chunks, { completion }) => {
      const filtered = {
        hate: { filtered: false, severity: 'safe' },
        jailbreak: { filtered: false, detected: false },
      }
      const prompt_filter_results = [{ prompt_index: 0, content_filter_results: filtered }]
      completion['prompt_filter_results'] = prompt_filter_results
      return insert(
        chunks,
        { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results },
        0,
      )
    },
  },
  'choice-index-missing': {
    applies: ({ choices }) => choices.length === 1,
    rewrite: (chunks, { completion: { choices } }) => {
      if (choices.length === 1) eachChoice(chunks, (choice) => delete choice['index'])
    },
  },
  'delta-missing': {
    rewrite: (chunks, { dice }) => {
      eachChoice(chunks, (choice) => {
        const { delta } = choice
        if (typeof delta !== 'object' || delta === null || Object.keys(delta).length > 0) return
        if (dice.once(2)) delete choice['delta']
        else choice['delta'] = null
      })
    },
  },

  // The cutting of text and the sharing of deltas look at these two themselves.
  'split-surrogates': {},
  'tool-call-entries-doubled': { applies: callsTools },

  'tool-call-whole': { applies: callsTools, wholeCalls: true },
  // These change the number of entries, so they come before those that change what is in every entry.
  'tool-call-name-late': {
    groups: ['name', 'identity'],
    applies: callsTools,
    fragments: ([first, ...more], { kind, growing, dice }) => {
      const { name, ...body } = bodyOf(first, kind)
      const opening: JsonObject = {
        ...first,
        [kind]: { ...(dice.once(2) && { name: '' }), [growing]: '' },
      }
      return [
        opening,
        { index: first?.['index'] as Json, [kind]: { name: name as Json, ...body } },
        ...more,
      ]
    },
  },
  'tool-call-name-split': {
    groups: ['name', 'identity'],
    applies: callsTools,
    fragments: ([first, ...more], { kind, growing }) => {
      const { name, ...body } = bodyOf(first, kind) as { name: string } & JsonObject
      const half = Math.ceil(name.length / 2)
      const [one, two] = [name.slice(0, half), name.slice(half)]
      // Of equal halves, the second would be taken for a repetition.
      if (two === '' || one === two) return
      const index = first?.['index'] as Json
      const opening: JsonObject = { ...first, [kind]: { name: one, [growing]: '' } }
      const rest: JsonObject[] = body[growing] === '' ? [] : [{ index, [kind]: body }]
      return [opening, { index, [kind]: { name: two } }, ...rest, ...more]
    },
  },
  'tool-call-function-late': {
    groups: ['name', 'identity'],
    applies: callsTools,
    fragments: ([first, ...more], { kind }) => {
      const { [kind]: body, ...opening } = first as JsonObject
      return [opening, { index: opening['index'] as Json, [kind]: body as Json }, ...more]
    },
  },
  'tool-call-index-missing': {
    groups: ['identity'],
    applies: callsTools,
    wholeCalls: true,
    uncountedCalls: true,
    fragments: (fragments, { dice }) => {
      const way = dice.roll(3)
      for (const fragment of fragments) {
        if (way === 0) delete fragment['index']
        else fragment['index'] = way === 1 ? null : -1
      }
    },
  },
  'tool-call-index-zero': {
    groups: ['identity'],
    applies: callsTools,
    uncountedCalls: true,
    fragments: (fragments) => fragments.forEach((fragment) => (fragment['index'] = 0)),
  },
  'tool-call-index-from-one': {
    groups: ['identity'],
    applies: callsTools,
    fragments: (fragments) =>
      fragments.forEach((fragment) => (fragment['index'] = (fragment['index'] as number) + 1)),
  },
  'tool-call-index-string': {
    groups: ['identity'],
    applies: callsTools,
    fragments: (fragments) =>
      fragments.forEach((fragment) => (fragment['index'] = String(fragment['index']))),
  },
  'tool-call-id-varies': {
    // A name beside a new id, or arguments that are complete, would begin another call.
    groups: ['identity', 'continuation', 'name'],
    applies: callsTools,
    fragments: ([first, ...more], { kind, growing }) => {
      const whole = [first, ...more].map((fragment) => bodyOf(fragment, kind)[growing]).join('')
      if (kind !== 'function' || !isObjectText(whole)) return
      more.forEach((fragment, index) => (fragment['id'] = `${first?.['id']}-${index}`))
    },
  },
  'tool-call-id-repeated': {
    groups: ['continuation'],
    applies: callsTools,
    fragments: ([first, ...more]) =>
      more.forEach((fragment) =>
        Object.assign(fragment, { id: first?.['id'], type: first?.['type'] }),
      ),
  },
  'tool-call-id-empty': {
    groups: ['continuation'],
    applies: callsTools,
    fragments: ([_, ...more]) => more.forEach((fragment) => (fragment['id'] = '')),
  },
  'tool-call-nulls': {
    groups: ['continuation'],
    applies: callsTools,
    fragments: ([_, ...more], { kind }) =>
      more.forEach((fragment) => {
        Object.assign(fragment, { id: null, type: null })
        bodyOf(fragment, kind)['name'] ??= null
      }),
  },
  'tool-call-name-repeated': {
    groups: ['name'],
    applies: callsTools,
    fragments: ([first, ...more], { kind }) =>
      more.forEach(
        (fragment) => (bodyOf(fragment, kind)['name'] = bodyOf(first, kind)['name'] as Json),
      ),
  },
  'tool-call-name-empty': {
    groups: ['name'],
    applies: callsTools,
    fragments: ([_, ...more], { kind }) =>
      more.forEach((fragment) => (bodyOf(fragment, kind)['name'] = '')),
  },
  'tool-call-type-missing': {
    applies: callsTools,
    fragments: (fragments, { kind }) => {
      if (kind === 'function') for (const fragment of fragments) delete fragment['type']
    },
  },
  'tool-call-arguments-null': {
    groups: ['arguments'],
    applies: callsTools,
    fragments: ([first, ...more], { kind }) => {
      const body = bodyOf(first, kind)
      if (more.length > 0 && body['arguments'] === '') body['arguments'] = null
    },
  },
  'tool-call-arguments-object': {
    groups: ['arguments'],
    applies: callsTools,
    wholeCalls: true,
    fragments: (fragments, { kind }) => {
      for (const fragment of fragments) {
        const body = bodyOf(fragment, kind)
        const text = body['arguments']
        // Only if it can be written down again as it was.
        if (isObjectText(text) && JSON.stringify(JSON.parse(text)) === text)
          body['arguments'] = JSON.parse(text)
      }
    },
  },
}

/** Every quirk that {@link chunkStream} knows. */
export const CHAT_QUIRKS: readonly ChatQuirk[] = Object.keys(QUIRKS) as ChatQuirk[]

/** Those quirks that can occur together, in the order in which they are applied. */
export function compatible(quirks: readonly ChatQuirk[]): ChatQuirk[] {
  const taken = new Set<string>()
  return quirks
    .filter((quirk) => {
      const groups = QUIRKS[quirk].groups ?? []
      if (groups.some((group) => taken.has(group))) return false
      for (const group of groups) taken.add(group)
      return true
    })
    .sort((one, other) => CHAT_QUIRKS.indexOf(one) - CHAT_QUIRKS.indexOf(other))
}

function choicesOf(chunk: JsonObject): JsonObject[] {
  return Array.isArray(chunk['choices']) ? (chunk['choices'] as JsonObject[]) : []
}

function eachChoice(chunks: readonly JsonObject[], change: (choice: JsonObject) => unknown): void {
  for (const choice of chunks.flatMap(choicesOf)) change(choice)
}

function eachDelta(
  chunks: readonly JsonObject[],
  change: (delta: JsonObject, choice: JsonObject) => unknown,
): void {
  eachChoice(chunks, (choice) => change(choice['delta'] as JsonObject, choice))
}

function lastWithChoices(chunks: readonly JsonObject[]): JsonObject {
  return chunks.findLast((chunk) => choicesOf(chunk).length > 0) as JsonObject
}

/** Takes out the official chunk that has usage and no choices. What else it has goes to the chunk before. */
function withoutUsageChunk(chunks: readonly JsonObject[]): JsonObject[] {
  const at = chunks.findIndex((chunk) => chunk['usage'])
  const { usage: _, choices: __, ...others } = chunks[at] as JsonObject
  define(chunks[at - 1] as JsonObject, others)
  return chunks.filter((_chunk, index) => index !== at)
}

function insert(chunks: readonly JsonObject[], chunk: JsonObject, at: number): JsonObject[] {
  return [...chunks.slice(0, at), chunk, ...chunks.slice(at)]
}

/** The part of a tool call's entry that is named after its type. */
function bodyOf(fragment: JsonObject | undefined, kind: string): JsonObject {
  return (fragment?.[kind] ?? {}) as JsonObject
}

function isObjectText(text: unknown): text is string {
  if (typeof text !== 'string' || !text.startsWith('{')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
