import type { Delta } from '../accumulator/types.ts'
import { Cutter, type Unit } from './cutter.ts'

/** Options of {@link smooth}. */
export interface SmoothOptions {
  /**
   * What each delta of text holds. Default: `'word'`. A `'grapheme'` is what a reader sees as one character: no emoji is
   * cut. Words of languages without spaces are found by `Intl.Segmenter`.
   */
  readonly unit?: Unit | undefined
  /** Milliseconds to wait before each unit of text, or a function of the unit. Default: 0. */
  readonly delay?: number | ((text: string) => number) | undefined
  /** The language of the text, for `Intl.Segmenter`. Default: that of the platform. */
  readonly locale?: string | undefined
}

type TextDelta = Extract<Delta, { readonly type: 'content' | 'refusal' | 'reasoning' }>

/**
 * Regroups the text of deltas into whole words, sentences, lines or graphemes, to show it evenly. The text stays the same.
 * Every other delta passes through at once, after the text before it.
 *
 * @param deltas - the deltas, such as those of `readDeltas`
 * @param options - the unit, and how long to wait before each
 *
 * @example
 * ```ts
 * import { type Delta, smooth } from '@tesserae/openai'
 *
 * const deltas: Delta[] = ['Hel', 'lo wor', 'ld'].map((delta) => ({ type: 'content', choice: 0, delta }))
 * for await (const delta of smooth(deltas)) {
 *   if (delta.type === 'content') console.log(JSON.stringify(delta.delta)) // => "Hello", then " world"
 * }
 * ```
 */
export async function* smooth(
  deltas: AsyncIterable<Delta> | Iterable<Delta>,
  options: SmoothOptions = {},
): AsyncGenerator<Delta, void> {
  const { unit = 'word', delay = 0, locale } = options
  const waiting = new Map<string, { readonly cutter: Cutter; readonly delta: TextDelta }>()
  try {
    for await (const delta of deltas) {
      if (!isText(delta)) {
        yield* rests(waiting)
        yield delta
        continue
      }
      const key = `${delta.choice} ${delta.type}`
      // The text of one choice stays in order: what it said before, as another kind of text, comes first.
      yield* rests(waiting, (other) => other.choice === delta.choice && other.type !== delta.type)
      const { cutter } = waiting.get(key) ?? { cutter: new Cutter(unit, locale) }
      waiting.set(key, { cutter, delta })
      for (const text of cutter.push(delta.delta)) {
        const wait = typeof delay === 'function' ? delay(text) : delay
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        yield { ...delta, delta: text }
      }
    }
  } catch (error) {
    // The text before a failure comes before it here too.
    yield* rests(waiting)
    throw error
  }
  yield* rests(waiting)
}

/** The text that is held back. */
function* rests(
  waiting: Map<string, { readonly cutter: Cutter; readonly delta: TextDelta }>,
  matches: (delta: TextDelta) => boolean = () => true,
): Generator<Delta> {
  for (const { cutter, delta } of waiting.values())
    if (matches(delta)) {
      const text = cutter.flush()
      if (text !== '') yield { ...delta, delta: text }
    }
}

function isText(delta: Delta): delta is TextDelta {
  return delta.type === 'content' || delta.type === 'refusal' || delta.type === 'reasoning'
}
