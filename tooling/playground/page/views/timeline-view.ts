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
  #measured: { readonly key: readonly unknown[]; readonly survey: Survey } | undefined

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
    new Plot(context, this.#colours, state, { width, height }).draw(this.#survey(state, width))
  }

  /** Measures a stream once, as long as nothing comes. */
  #survey({ recording, until }: PlotState, width: number): Survey {
    const { tape, message } = recording
    const key = [recording, tape.steps, message.added.length, message.outcome, until, width]
    if (this.#measured?.key.every((part, index) => part === key[index]))
      return this.#measured.survey
    const found = survey(recording, until, width - 2 * SIDE)
    this.#measured = { key, survey: found }
    return found
  }
}

/** What a screen reader says of a position. */
export function describePosition({ tape }: Recording, position: number): string {
  const { chunks, steps, end } = tape
  const time = formatTime(tape.timeAt(position))
  if (position === 0) return `before the first of ${chunks.length} chunks`
  if (end && position >= steps) return `the end, behind ${chunks.length} chunks, ${time}`
  return `chunk ${position} of ${chunks.length}, ${time}, ${formatBytes(tape.offsetAt(position))}`
}
