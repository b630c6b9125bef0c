import type { Recording } from '../stream/recording.ts'
import { countWhere } from '../stream/tape.ts'
import { rateCurve, stallsIn } from '../stream/timing.ts'
import { effectOf, type Tone } from './moment.ts'
import { formatBytes, formatRate, formatTime } from './numbers.ts'

const TOP = 18
const BOTTOM = 18
const SIDE = 10

/** What the plot shows. */
export interface PlotState {
  readonly recording: Recording | undefined
  readonly position: number
  /** The time on the tape where one is, and where the axis ends. */
  readonly time: number
  readonly until: number
  /** Since when nothing has come, if that is what is happening. */
  readonly waitingSince: number | undefined
}

/**
 * The plot of the times: a stick for each chunk, as tall as it is large; behind them the pieces of text a second; a band
 * where nothing came. What has not been played yet is pale.
 */
export class TimelineView {
  readonly #canvas: HTMLCanvasElement
  readonly #host: HTMLElement
  #state: PlotState | undefined
  #colours: Readonly<Record<string, string>> = {}

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
    new Plot(context, this.#colours, state, width, height).draw()
  }
}

class Plot {
  readonly #context: CanvasRenderingContext2D
  readonly #colours: Readonly<Record<string, string>>
  readonly #state: PlotState
  readonly #width: number
  readonly #floor: number
  readonly #ceiling = TOP
  #peak = ''

  constructor(
    context: CanvasRenderingContext2D,
    colours: Readonly<Record<string, string>>,
    state: PlotState,
    width: number,
    height: number,
  ) {
    this.#context = context
    this.#colours = colours
    this.#state = state
    this.#width = width
    this.#floor = height - BOTTOM
  }

  draw(): void {
    this.#drawAxis()
    const { recording } = this.#state
    if (recording) {
      this.#drawStalls(recording)
      this.#drawRate(recording)
      this.#drawChunks(recording)
      this.#drawMarks(recording)
    }
    this.#drawCursor()
  }

  #x(time: number): number {
    return SIDE + (time / Math.max(1, this.#state.until)) * (this.#width - 2 * SIDE)
  }

  #drawAxis(): void {
    const context = this.#context
    const { until } = this.#state
    context.fillStyle = this.#colours['line']!
    context.fillRect(SIDE, this.#floor, this.#width - 2 * SIDE, 1)
    if (until <= 0) return
    const step = niceStep(until / Math.max(2, Math.floor(this.#width / 130)))
    context.textBaseline = 'top'
    for (let time = 0; time <= until * 1.0001; time += step) {
      const x = this.#x(time)
      context.fillStyle = this.#colours['line']!
      context.fillRect(Math.round(x), this.#floor, 1, 4)
      context.fillStyle = this.#colours['soft']!
      const text = time === 0 ? '0' : shortTime(time)
      const wide = context.measureText(text).width
      context.fillText(
        text,
        Math.min(this.#width - wide - 2, Math.max(2, x - wide / 2)),
        this.#floor + 6,
      )
    }
  }

  #drawStalls(recording: Recording): void {
    const context = this.#context
    const { waitingSince, until } = this.#state
    const stalls = stallsIn(recording.tape, recording.tape.steps)
    if (waitingSince !== undefined) stalls.push({ from: waitingSince, to: until })
    for (const { from, to } of stalls) {
      const left = this.#x(from) + 2
      const right = this.#x(to) - 1
      if (right - left < 3) continue
      context.save()
      context.beginPath()
      context.rect(left, this.#ceiling, right - left, this.#floor - this.#ceiling)
      context.clip()
      context.strokeStyle = this.#colours['bad']!
      context.globalAlpha = 0.5
      context.lineWidth = 1
      context.beginPath()
      const tall = this.#floor - this.#ceiling
      for (let x = left - tall; x < right; x += 7) {
        context.moveTo(x, this.#floor)
        context.lineTo(x + tall, this.#ceiling)
      }
      context.stroke()
      context.restore()
      this.#label(
        `stall ${formatTime(to - from)}`,
        (left + right) / 2,
        this.#ceiling + 6,
        right - left,
        'bad',
      )
    }
  }

  /** The tallest chunk of each pixel: there may be more chunks than pixels. */
  #drawChunks(recording: Recording): void {
    const { tape, events } = recording
    const context = this.#context
    const tallest = new Map<number, { height: number; tone: Tone; index: number }>()
    const most = tape.chunks.reduce((most, { bytes }) => Math.max(most, bytes.length), 1)
    const isWide = tape.chunks.length * 3 < this.#width
    const room = (this.#floor - this.#ceiling) * 0.62
    for (let index = 0; index < tape.chunks.length; index++) {
      const { at, end, bytes } = tape.chunks[index]!
      const x = Math.round(this.#x(at) - (isWide ? 1 : 0))
      const height = Math.max(4, Math.sqrt(bytes.length / most) * room)
      const known = tallest.get(x)
      if (known && known.height >= height) continue
      const place = countWhere(events.entries, ({ known }) => known <= end) - 1
      const entry = events.entries[place]
      const tone =
        entry && entry.known > end - bytes.length ? effectOf(recording, entry).tone : 'plain'
      tallest.set(x, { height, tone, index })
    }
    const width = isWide ? 2 : 1
    for (const [x, { height, tone, index }] of tallest) {
      context.globalAlpha = index < this.#state.position ? 1 : 0.28
      context.fillStyle = this.#colours[tone] ?? this.#colours['plain']!
      context.fillRect(x, this.#floor - height, width, height)
    }
    context.globalAlpha = 1
  }

  #drawRate(recording: Recording): void {
    const context = this.#context
    const columns = Math.max(20, Math.floor(this.#width / 4))
    const curve = rateCurve(recording, this.#state.until, columns)
    const most = Math.max(...curve)
    if (most <= 0 || this.#state.until < 200) return
    const room = this.#floor - this.#ceiling - 6
    const right = this.#width - SIDE
    context.beginPath()
    context.moveTo(SIDE, this.#floor)
    for (const [index, rate] of curve.entries())
      context.lineTo(
        SIDE + ((index + 0.5) / columns) * (right - SIDE),
        this.#floor - (rate / most) * room,
      )
    context.lineTo(right, this.#floor)
    context.closePath()
    context.fillStyle = this.#colours['sunken']!
    context.fill()
    context.strokeStyle = this.#colours['strong-line']!
    context.lineWidth = 1
    context.lineJoin = 'round'
    context.stroke()
    this.#peak = `${formatRate(most)} pieces/s at most`
  }

  #drawMarks({ settings, tape, message }: Recording): void {
    const context = this.#context
    const first = message.added.find(({ length }) => length > 0)
    const at = first && tape.chunks[tape.indexOf(first.known - 1)]?.at
    const marks: [number, string][] = []
    if (Number.isFinite(settings.headAt)) marks.push([settings.headAt, 'head'])
    if (at !== undefined) marks.push([at, `first token ${formatTime(at)}`])
    const { end } = tape
    let free = -Infinity
    const behind: string[] = [this.#peak]
    if (end?.how === 'stopped') behind.push('stopped')
    if (end?.how === 'failed') behind.push('broke off')
    context.textBaseline = 'alphabetic'
    for (const [time, text] of marks) {
      const x = this.#x(time)
      const wide = context.measureText(text).width
      context.fillStyle = this.#colours['soft']!
      context.fillRect(Math.round(x), this.#ceiling - 6, 1, this.#floor - this.#ceiling + 6)
      if (x + 4 < free || x + wide + 8 > this.#width) continue
      // The head mostly comes together with the first token, which says more.
      const next = marks[marks.findIndex(([other]) => other === time) + 1]
      if (next && this.#x(next[0]) < x + wide + 10) continue
      context.fillText(text, x + 4, this.#ceiling - 7)
      free = x + wide + 10
    }
    const said = behind.filter((text) => text !== '').join(', ')
    const right = this.#width - SIDE - 12
    const left = right - context.measureText(said).width
    const isBad = end !== undefined && end.how !== 'closed'
    context.fillStyle = this.#colours[isBad ? 'bad' : 'soft']!
    if (left > free) context.fillText(said, left, this.#ceiling - 7)
    if (isBad)
      context.fillRect(
        Math.round(this.#x(end.at)) - 1,
        this.#ceiling - 6,
        2,
        this.#floor - this.#ceiling + 6,
      )
  }

  #drawCursor(): void {
    const context = this.#context
    const x = Math.round(this.#x(Math.min(this.#state.time, this.#state.until)))
    context.fillStyle = this.#colours['accent']!
    context.fillRect(x - 1, this.#ceiling - 8, 2, this.#floor - this.#ceiling + 8)
    context.beginPath()
    context.moveTo(x - 5, this.#ceiling - 13)
    context.lineTo(x + 5, this.#ceiling - 13)
    context.lineTo(x + 5, this.#ceiling - 9)
    context.lineTo(x, this.#ceiling - 4)
    context.lineTo(x - 5, this.#ceiling - 9)
    context.closePath()
    context.fill()
  }

  #label(text: string, centre: number, top: number, room: number, colour: string): void {
    const context = this.#context
    const { width } = context.measureText(text)
    if (width + 10 > room) return
    context.textBaseline = 'top'
    context.fillStyle = this.#colours['surface']!
    context.fillRect(centre - width / 2 - 5, top - 3, width + 10, 17)
    context.fillStyle = this.#colours[colour]!
    context.fillText(text, centre - width / 2, top)
  }
}

/** 1, 2 or 5 times a power of ten, at least as much as this. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = least / power
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power
}

function shortTime(milliseconds: number): string {
  if (milliseconds < 1000) return `${Number(milliseconds.toPrecision(3))} ms`
  return `${Number((milliseconds / 1000).toPrecision(3))} s`
}

/** What a screen reader says of a position. */
export function describePosition({ tape }: Recording, position: number): string {
  const { chunks, steps, end } = tape
  const time = formatTime(tape.timeAt(position))
  if (position === 0) return `before the first of ${chunks.length} chunks`
  if (end && position >= steps) return `the end, behind ${chunks.length} chunks, ${time}`
  return `chunk ${position} of ${chunks.length}, ${time}, ${formatBytes(tape.offsetAt(position))}`
}
