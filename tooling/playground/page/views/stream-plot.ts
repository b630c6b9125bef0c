import uPlot from 'uplot'
import { effectOf, type Tone } from '../state/moment.ts'
import type { View } from '../state/session.ts'
import type { Recording } from '../stream/recording.ts'
import { countWhere } from '../stream/tape.ts'
import { rateCurve, stallsIn } from '../stream/timing.ts'
import { formatTime } from './numbers.ts'

const HEIGHT = 104
/** Pixels for each point of the curve. */
const GRAIN = 4
/** Sticks reach so far up. */
const TALLEST = 0.62

const TONES = ['plain', 'content', 'reasoning', 'refusal', 'tool', 'bad'] as const
const INKS = [...TONES, 'ink', 'soft', 'line', 'strong-line', 'sunken', 'accent'] as const

/**
 * The plot of a stream: uPlot brings the scales, the axis and the curve of pieces a second. What it has no word for is
 * drawn into it: a stick for each chunk in the tone of what it says, stalls, and the place where one is.
 */
export class StreamPlot {
  readonly #host: HTMLElement
  readonly #plot: uPlot
  readonly #resizes: ResizeObserver
  #colours: Readonly<Record<string, string>>
  #view: View | undefined
  #drawn: { recording: Recording; steps: number; until: number; width: number } | undefined

  constructor(host: HTMLElement) {
    this.#host = host
    this.#colours = coloursOf(host)
    this.#plot = new uPlot(
      this.#options(),
      [
        [0, 1],
        [0, 0],
      ],
      host,
    )
    this.#resizes = new ResizeObserver(() => {
      this.#plot.setSize({ width: this.#width, height: HEIGHT })
      if (this.#view) this.show(this.#view)
    })
    this.#resizes.observe(host)
  }

  destroy(): void {
    this.#resizes.disconnect()
    this.#plot.destroy()
  }

  recolour(): void {
    this.#colours = coloursOf(this.#host)
    this.#plot.redraw(false, true)
  }

  timeAt(clientX: number): number {
    const { left } = this.#plot.over.getBoundingClientRect()
    const { time } = { time: this.#plot.posToVal(clientX - left, 'x') }
    return Math.max(0, Math.min(this.#view?.until ?? 0, time))
  }

  show(view: View): void {
    this.#view = view
    const { recording } = view.moment
    const { until } = view
    const width = this.#width
    const { steps } = recording.tape
    const drawn = this.#drawn
    const isSame =
      drawn?.recording === recording &&
      drawn.steps === steps &&
      drawn.until === until &&
      drawn.width === width
    if (isSame) this.#plot.redraw(false, false)
    else {
      this.#drawn = { recording, steps, until, width }
      const columns = Math.max(20, Math.floor(width / GRAIN))
      const curve = recording.tape.hasTimes ? rateCurve(recording, until, columns) : [0]
      const times = curve.map((_, index) => ((index + 0.5) / curve.length) * until)
      this.#plot.setData(
        [
          [0, ...times, until],
          [0, ...curve, curve.at(-1) ?? 0],
        ],
        true,
      )
    }
  }

  get #width(): number {
    return Math.max(200, this.#host.clientWidth)
  }

  #options(): uPlot.Options {
    const ink = (name: string) => () => this.#colours[name] ?? '#888'
    return {
      width: this.#width,
      height: HEIGHT,
      padding: [4, 10, 0, 10],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, range: () => [0, this.#view?.until ?? 1] },
        y: { range: (_, _min, max) => [0, Math.max(max, 0.001) * 1.15] },
      },
      axes: [
        {
          stroke: ink('soft'),
          grid: { show: false },
          ticks: { stroke: ink('line'), size: 4 },
          font: '11px ui-sans-serif, system-ui, sans-serif',
          size: 22,
          gap: 2,
          values: (_, times) => times.map((time) => this.#label(time)),
        },
        { show: false },
      ],
      series: [
        {},
        { stroke: ink('strong-line'), fill: ink('sunken'), width: 1, points: { show: false } },
      ],
      hooks: { draw: [() => this.#draw()] },
    }
  }

  /** Without times the axis counts chunks. */
  #label(time: number): string {
    const tape = this.#view?.moment.recording.tape
    if (tape?.hasTimes === false) return Number.isInteger(time) ? String(time) : ''
    if (time === 0) return '0'
    return time < 1000 ? `${Math.round(time)} ms` : `${Number((time / 1000).toFixed(2))} s`
  }

  #draw(): void {
    const view = this.#view
    if (!view) return
    const { ctx, bbox } = this.#plot
    ctx.save()
    this.#drawSticks(view)
    this.#drawStalls(view)
    const x = this.#x(view.time)
    ctx.fillStyle = this.#colours['ink'] ?? ''
    ctx.fillRect(
      Math.round(x) - devicePixelRatio / 2,
      bbox.top,
      devicePixelRatio * 1.5,
      bbox.height,
    )
    ctx.restore()
  }

  #x(time: number): number {
    return this.#plot.valToPos(time, 'x', true)
  }

  #drawSticks({ moment }: View): void {
    const { ctx, bbox } = this.#plot
    const { recording, position } = moment
    const { chunks } = recording.tape
    const floor = bbox.top + bbox.height
    const wide = Math.max(
      1,
      Math.round(devicePixelRatio * (chunks.length * 4 < bbox.width ? 2 : 1)),
    )
    let most = 1
    for (const { bytes } of chunks) most = Math.max(most, bytes.length)
    // There may be more chunks than pixels: the largest of each pixel is drawn.
    const largest = new Map<number, number>()
    for (const [index, { at, bytes }] of chunks.entries()) {
      const x = Math.round(this.#x(at))
      const known = largest.get(x)
      if (known === undefined || chunks[known]!.bytes.length < bytes.length) largest.set(x, index)
    }
    for (const [x, index] of largest) {
      const share = Math.sqrt(chunks[index]!.bytes.length / most)
      const tall = Math.max(4 * devicePixelRatio, share * TALLEST * bbox.height)
      ctx.globalAlpha = index < position ? 1 : 0.28
      ctx.fillStyle = this.#colours[toneOf(recording, index)] ?? this.#colours['plain'] ?? ''
      ctx.fillRect(x - wide / 2, floor - tall, wide, tall)
    }
    ctx.globalAlpha = 1
  }

  #drawStalls({ moment, waiting }: View): void {
    const { ctx, bbox } = this.#plot
    const { tape } = moment.recording
    const floor = bbox.top + bbox.height
    ctx.strokeStyle = this.#colours['bad'] ?? ''
    ctx.fillStyle = this.#colours['bad'] ?? ''
    for (const { from, to } of [...stallsIn(tape, tape.steps), ...(waiting ? [waiting] : [])]) {
      const left = this.#x(from) + 2
      const right = this.#x(to) - 1
      if (right - left < 3) continue
      ctx.save()
      ctx.beginPath()
      ctx.rect(left, bbox.top, right - left, bbox.height)
      ctx.clip()
      ctx.globalAlpha = 0.5
      ctx.beginPath()
      for (let x = left - bbox.height; x < right; x += 7 * devicePixelRatio) {
        ctx.moveTo(x, floor)
        ctx.lineTo(x + bbox.height, bbox.top)
      }
      ctx.stroke()
      ctx.globalAlpha = 1
      ctx.font = `${11 * devicePixelRatio}px ui-sans-serif, system-ui, sans-serif`
      const text = `stall ${formatTime(to - from)}`
      const wide = ctx.measureText(text).width
      if (wide + 12 < right - left) {
        ctx.fillStyle = this.#colours['sunken'] ?? ''
        ctx.fillRect((left + right - wide) / 2 - 4, bbox.top + 2, wide + 8, 16 * devicePixelRatio)
        ctx.fillStyle = this.#colours['bad'] ?? ''
        ctx.fillText(text, (left + right - wide) / 2, bbox.top + 13 * devicePixelRatio)
      }
      ctx.restore()
    }
  }
}

/** What the last event that ended in a chunk did. */
function toneOf(recording: Recording, index: number): Tone {
  const { start, end } = recording.tape.chunks[index]!
  const { entries } = recording.events
  const entry = entries[countWhere(entries, ({ known }) => known <= end) - 1]
  return entry && entry.known > start ? effectOf(recording, entry).tone : 'plain'
}

/** The colours of the theme as they come out: a canvas knows no `light-dark()`. */
function coloursOf(host: HTMLElement): Readonly<Record<string, string>> {
  const probe = document.createElement('i')
  host.append(probe)
  const colours = INKS.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(colours)
}
