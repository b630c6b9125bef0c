import type { Delta } from '../accumulator/types.ts'
import type { ResponseDelta } from '../responses/accumulator-types.ts'
import { badUnit } from '../errors.ts'
import { type Control, stoppable } from '../read/stoppable.ts'
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

const UNITS: readonly Unit[] = ['word', 'sentence', 'line', 'grapheme']

/** The deltas of chat completions and of the Responses API. */
type AnyDelta = Delta | ResponseDelta
type TextDelta = Extract<AnyDelta, { readonly type: 'content' | 'text' | 'refusal' | 'reasoning' }>

/**
 * Regroups the text of deltas into whole words, sentences, lines or graphemes, to show it evenly. The text stays the same.
 * Every other delta passes through at once, after the text before it. Leaving the loop leaves `deltas` at once.
 *
 * @param deltas - the deltas, such as those of `readDeltas`
 * @param options - the unit, and how long to wait before each
 * @returns the deltas; the generator returns what `deltas` returns: for `readDeltas`, the message and the verdict
 * @throws a `RangeError` for a unit that does not exist; what `deltas` throws, after the text before it
 *
 * @example
 * ```ts
 * import type { Delta } from '@tesserae/openai'
 * import { smooth } from '@tesserae/openai/display'
 *
 * const deltas: Delta[] = ['Hel', 'lo wor', 'ld'].map((delta) => ({ type: 'content', choice: 0, delta }))
 * for await (const delta of smooth(deltas)) {
 *   if (delta.type === 'content') console.log(JSON.stringify(delta.delta)) // => "Hello", then " world"
 * }
 * ```
 */
export function smooth<Result, D extends AnyDelta = Delta>(
  deltas: AsyncGenerator<D, Result>,
  options?: SmoothOptions,
): AsyncGenerator<D, Result>
export function smooth<D extends AnyDelta = Delta>(
  deltas: AsyncIterable<D> | Iterable<D>,
  options?: SmoothOptions,
): AsyncGenerator<D, void>
export function smooth<D extends AnyDelta = Delta>(
  deltas: AsyncIterable<D> | Iterable<D>,
  options: SmoothOptions = {},
): AsyncGenerator<D, unknown> {
  const control: Control = {}
  return stoppable(smoothed(deltas, options, control), control)
}

async function* smoothed<D extends AnyDelta>(
  deltas: AsyncIterable<D> | Iterable<D>,
  options: SmoothOptions,
  control: Control,
): AsyncGenerator<D, unknown> {
  // Those of `readDeltas` may be waiting for a server that has fallen silent.
  if (Symbol.asyncIterator in deltas && 'return' in deltas)
    control.stop = () =>
      void Promise.resolve((deltas as AsyncGenerator<D>).return(undefined)).catch(ignore)
  const { unit = 'word', delay = 0, locale } = options
  if (!UNITS.includes(unit)) throw badUnit()
  const waiting = new Map<string, Waiting>()
  let result: unknown
  const kept = keepResult(deltas, (value) => {
    result = value
  })
  try {
    for await (const delta of kept) {
      if (!isText(delta)) {
        yield* rests<D>(waiting)
        yield delta
        continue
      }
      const place = placeOf(delta)
      // The text of one answer stays in order: what it said before, in another place, comes first.
      yield* rests<D>(waiting, place)
      const { cutter } = waiting.get(place.key) ?? { cutter: new Cutter(unit, locale) }
      waiting.set(place.key, { ...place, cutter, delta })
      for (const text of cutter.push(delta.delta)) {
        const wait = typeof delay === 'function' ? delay(text) : delay
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        yield { ...delta, delta: text } as AnyDelta as D
      }
    }
  } catch (error) {
    // The text before a failure comes before it here too.
    yield* rests<D>(waiting)
    throw error
  }
  yield* rests<D>(waiting)
  return result
}

/** The same items: `for await` drops what a generator returns. */
async function* keepResult<D>(
  deltas: AsyncIterable<D> | Iterable<D>,
  keep: (result: unknown) => void,
): AsyncGenerator<D> {
  keep(yield* deltas as AsyncIterable<D>)
}

/** Where a delta of text belongs: choices take turns, and a response is one answer. */
interface Place {
  readonly answer: number
  readonly key: string
}

interface Waiting extends Place {
  readonly cutter: Cutter
  readonly delta: TextDelta
}

function placeOf(delta: TextDelta): Place {
  if ('choice' in delta) return { answer: delta.choice, key: `${delta.choice} ${delta.type}` }
  const isSummary = delta.type === 'reasoning' && delta.summary
  return { answer: 0, key: `${delta.item} ${delta.type} ${delta.part} ${isSummary}` }
}

/** The text that is held back: all of it, or that of an answer in other places. */
function* rests<D>(waiting: Map<string, Waiting>, now?: Place): Generator<D> {
  for (const { answer, key, cutter, delta } of waiting.values())
    if (now === undefined || (answer === now.answer && key !== now.key)) {
      const text = cutter.flush()
      if (text !== '') yield { ...delta, delta: text } as D
    }
}

function isText(delta: AnyDelta): delta is TextDelta {
  return ['content', 'text', 'refusal', 'reasoning'].includes(delta.type)
}

function ignore(): void {}
