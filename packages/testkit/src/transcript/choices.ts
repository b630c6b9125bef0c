import type { Meaning, MeaningChoice } from './types.ts'

/** JSON of unknown shape: a path that is not there gives `undefined`, or throws one step further on. */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown` would hide the shapes under casts
export type Loose = any

/** What a dialect says of a body. */
export type Answer = Pick<Meaning, 'choices' | 'usage' | 'ended'>

/** An answer while it is put together: what has not come is `null` or empty. */
export interface Draft {
  index: number
  role: string | null
  content: string | null
  reasoning: string
  refusal: string
  tool_calls: { id: string | null; name: string; arguments: string }[]
  finish_reason: string | null
  logprobs: number
}

export function draft(start: Partial<Draft> = {}): Draft {
  return {
    index: 0,
    role: null,
    content: null,
    reasoning: '',
    refusal: '',
    tool_calls: [],
    finish_reason: null,
    logprobs: 0,
    ...start,
  }
}

/** Several answers in one stream, told apart by their index. */
export class Drafts {
  readonly #drafts = new Map<number, Draft>()

  at(index: number): Draft {
    const found = this.#drafts.get(index) ?? draft({ index })
    this.#drafts.set(index, found)
    return found
  }

  choices(): MeaningChoice[] {
    return [...this.#drafts.values()].map(choiceOf).sort((one, other) => one.index - other.index)
  }
}

/** What never came is left out. */
export function choiceOf(draft: Draft): MeaningChoice {
  const { index, role, content, reasoning, refusal, tool_calls, finish_reason, logprobs } = draft
  return {
    index,
    role,
    content,
    ...(reasoning === '' ? {} : { reasoning }),
    ...(refusal === '' ? {} : { refusal }),
    ...(tool_calls.length === 0 ? {} : { tool_calls }),
    finish_reason,
    ...(logprobs === 0 ? {} : { logprobs }),
  }
}

/** Texts put together; `null` when there was none at all. */
export function joined(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.join('')
}

/** A call whose arguments are an object and not text. */
export function callOf({
  name,
  arguments: value,
  args = value,
}: Loose): Draft['tool_calls'][number] {
  return { id: null, name, arguments: JSON.stringify(args) }
}

export function usageOf(usage: Loose): Pick<Meaning, 'usage'> {
  return usage === undefined || usage === null ? {} : { usage }
}
