import type { Recording } from '../stream/recording.ts'
import { type Gap, timingAt } from '../stream/timing.ts'
import { make, say } from './element.ts'
import { formatBytes, formatRate, formatTime, formatCount } from './numbers.ts'

const NAMES = [
  'head',
  'first byte',
  'first token',
  'usual gap',
  'longest gap',
  'stalls',
  'pieces/s',
  'tokens/s',
  'chunks',
  'bytes',
] as const

const EXPLAINED: Readonly<Partial<Record<(typeof NAMES)[number], string>>> = {
  head: 'from the request to the head of the response',
  'first byte': 'from the request to the first chunk of the body',
  'first token': 'from the request to the first chunk that adds to the message',
  'usual gap': 'the median time between two chunks',
  stalls: 'gaps of over half a second and over eight times the usual one',
  'pieces/s': 'events that add text, a second, from the first to the last',
  'tokens/s': 'by the number of tokens in the usage that the server sends',
}

/** The numbers over the plot. */
export class ReadingsView {
  readonly #values = new Map<string, HTMLElement>()

  constructor(host: HTMLElement) {
    for (const name of NAMES) {
      const term = make('dt', '', name)
      const value = make('dd', '', '–')
      const pair = make('div', '', term, value)
      const explanation = EXPLAINED[name]
      if (explanation !== undefined) pair.title = explanation
      host.append(pair)
      this.#values.set(name, value)
    }
  }

  /** @param waiting - the stall that is going on */
  show(recording: Recording | undefined, position: number, waiting?: Gap): void {
    const timing = recording && timingAt(recording, position, waiting)
    const values: Readonly<Record<(typeof NAMES)[number], string>> = {
      head: formatTime(timing?.head),
      'first byte': formatTime(timing?.firstByte),
      'first token': formatTime(timing?.firstToken),
      'usual gap': formatTime(timing?.median),
      'longest gap': formatTime(timing?.longest),
      stalls: timing ? formatCount(timing.stalls.length) : '–',
      'pieces/s': formatRate(timing?.rate),
      'tokens/s': formatRate(timing?.tokenRate),
      chunks: recording ? formatCount(Math.min(position, recording.tape.chunks.length)) : '–',
      bytes: recording ? formatBytes(recording.tape.offsetAt(position)) : '–',
    }
    for (const name of NAMES) say(this.#values.get(name)!, values[name])
  }
}
