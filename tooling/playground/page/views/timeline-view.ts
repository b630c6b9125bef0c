import type { Recording } from '../stream/recording.ts'
import { formatBytes, formatTime } from './numbers.ts'
import { type Colours, Plot, type PlotState, SIDE } from './plot.ts'
import { type Survey, survey } from './survey.ts'

/**
 * The plot of the times: a stick for each chunk, as tall as it is large; behind them the pieces of text a second; a band
 * where nothing came. What has not been played yet is pale.
 */
export class TimelineView {
  readonly #canvas: HTMLCanvasElement
  readonly #host: HTMLElement
  #state: PlotState | undefined
  #colours: Colours = {}
  #measured: Measured | undefined

  constructor(canvas: HTMLCanvasElement, host: HTMLElement) {
    this.#canvas = canvas
    this.#host = host
    this.recolour()
    new ResizeObserver(() => {
      if (this.#state) this.show(this.#state)
    }).observe(host)
  }

  /** Takes the colours from the style sheet, for they may have changed. */
  recolour(): void {
    const style = getComputedStyle(document.documentElement)
    const names = [
      'ink',
      'soft',
      'faint',
      'line',
      'strong-line',
      'accent',
      'bad',
      'surface',
      'sunken',
    ]
    const tones = ['content', 'reasoning', 'refusal', 'tool', 'plain']
    this.#colours = Object.fromEntries(
      [...names, ...tones].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    )
    this.#colours = { ...this.#colours, mono: style.getPropertyValue('--ui').trim() }
    if (this.#state) this.show(this.#state)
  }

  /** The time under a place of the plot. */
  timeAt(clientX: number): number {
    const box = this.#canvas.getBoundingClientRect()
    const share = (clientX - box.left - SIDE) / (box.width - 2 * SIDE)
    return Math.max(0, Math.min(1, share)) * (this.#state?.until ?? 0)
  }

  show(state: PlotState): void {
    this.#state = state
    const width = this.#host.clientWidth
    const height = this.#host.clientHeight
    const scale = window.devicePixelRatio || 1
    const canvas = this.#canvas
    if (
      canvas.width !== Math.round(width * scale) ||
      canvas.height !== Math.round(height * scale)
    ) {
      canvas.width = Math.round(width * scale)
      canvas.height = Math.round(height * scale)
    }
    const context = canvas.getContext('2d')
    if (!context || width === 0) return
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, width, height)
    context.font = `11px ${this.#colours['mono']}`
    const { survey, until } = this.#measure(state, width)
    new Plot(context, this.#colours, { ...state, until }, { width, height }).draw(survey)
  }

  /**
   * What is measured of the stream. It is measured once as long as nothing changes; while it comes, as often as takes a
   * tenth of the time, and in between the plot ends where it was measured.
   */
  #measure({ recording, until }: PlotState, width: number): Measured {
    const { tape, message } = recording
    const key = [
      recording,
      tape.end,
      message.outcome,
      width,
      tape.steps,
      message.added.length,
      until,
    ]
    const begin = performance.now()
    const known = this.#measured
    if (known) {
      const isSame = key.every((part, index) => part === known.key[index])
      const isSameStream = key.slice(0, 4).every((part, index) => part === known.key[index])
      if (isSame || (isSameStream && begin < known.next)) return known
    }
    const found = survey(recording, until, width - 2 * SIDE)
    const end = performance.now()
    this.#measured = { key, survey: found, until, next: end + 9 * (end - begin) }
    return this.#measured
  }
}

interface Measured {
  readonly key: readonly unknown[]
  readonly survey: Survey
  readonly until: number
  /** Not measured again before this time. */
  readonly next: number
}

/** What a screen reader says of a position. */
export function describePosition({ tape }: Recording, position: number): string {
  const { chunks, steps, end } = tape
  const time = formatTime(tape.timeAt(position))
  if (position === 0) return `before the first of ${chunks.length} chunks`
  if (end && position >= steps) return `the end, behind ${chunks.length} chunks, ${time}`
  return `chunk ${position} of ${chunks.length}, ${time}, ${formatBytes(tape.offsetAt(position))}`
}
