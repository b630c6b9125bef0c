import { formatRate, formatTime } from './numbers.ts'
import type { Recording } from '../stream/recording.ts'
import type { Survey } from './survey.ts'

/** What is above, below and beside the plot. */
const TOP = 18
const BOTTOM = 18
export const SIDE = 10

/** In fewer milliseconds than this there is no rate that means anything. */
const SHORT = 200

/** What the plot shows. */
export interface PlotState {
  readonly recording: Recording
  readonly position: number
  /** The time on the tape where one is, and where the axis ends. */
  readonly time: number
  readonly until: number
  /** Since when nothing has come, if that is what is happening. */
  readonly waitingSince: number | undefined
}

export type Colours = Readonly<Record<string, string>>

/** Draws the plot of one moment. */
export class Plot {
  readonly #context: CanvasRenderingContext2D
  readonly #colours: Colours
  readonly #state: PlotState
  readonly #width: number
  readonly #floor: number
  readonly #ceiling = TOP

  constructor(
    context: CanvasRenderingContext2D,
    colours: Colours,
    state: PlotState,
    { width, height }: { readonly width: number; readonly height: number },
  ) {
    this.#context = context
    this.#colours = colours
    this.#state = state
    this.#width = width
    this.#floor = height - BOTTOM
  }

  draw(measured: Survey): void {
    this.#drawAxis()
    this.#drawRate(measured)
    this.#drawStalls(measured)
    this.#drawChunks(measured)
    this.#drawMarks(measured)
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

  #drawStalls({ stalls }: Survey): void {
    const context = this.#context
    const { waitingSince, until } = this.#state
    const now = waitingSince === undefined ? [] : [{ from: waitingSince, to: until }]
    for (const { from, to } of [...stalls, ...now]) {
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

  #drawChunks({ sticks }: Survey): void {
    const context = this.#context
    const room = (this.#floor - this.#ceiling) * 0.62
    const isSparse = sticks.length * 4 < this.#width
    for (const { x, height, tone, index } of sticks) {
      const tall = Math.max(4, height * room)
      context.globalAlpha = index < this.#state.position ? 1 : 0.28
      context.fillStyle = this.#colours[tone] ?? this.#colours['plain']!
      context.fillRect(SIDE + x - (isSparse ? 1 : 0), this.#floor - tall, isSparse ? 2 : 1, tall)
    }
    context.globalAlpha = 1
  }

  #drawRate({ curve, peak }: Survey): void {
    const context = this.#context
    if (peak <= 0 || this.#state.until < SHORT) return
    const room = this.#floor - this.#ceiling - 6
    const right = this.#width - SIDE
    context.beginPath()
    context.moveTo(SIDE, this.#floor)
    for (const [index, rate] of curve.entries())
      context.lineTo(
        SIDE + ((index + 0.5) / curve.length) * (right - SIDE),
        this.#floor - (rate / peak) * room,
      )
    context.lineTo(right, this.#floor)
    context.closePath()
    context.fillStyle = this.#colours['sunken']!
    context.fill()
    context.strokeStyle = this.#colours['strong-line']!
    context.lineWidth = 1
    context.lineJoin = 'round'
    context.stroke()
  }

  #drawMarks({ firstToken, peak }: Survey): void {
    const context = this.#context
    const { settings, tape } = this.#state.recording
    context.textBaseline = 'alphabetic'
    context.fillStyle = this.#colours['soft']!
    const token = firstToken === undefined ? '' : `first token ${formatTime(firstToken)}`
    const tokenAt = firstToken === undefined ? Infinity : this.#x(firstToken)
    let free = -Infinity
    if (Number.isFinite(settings.headAt)) {
      const x = this.#x(settings.headAt)
      this.#upright(x)
      // It mostly comes together with the first token, which says more.
      if (x + 40 < tokenAt) free = this.#write('head', x + 4)
    }
    if (firstToken !== undefined) {
      this.#upright(tokenAt)
      const wide = context.measureText(token).width
      const isRoom = tokenAt + 4 + wide <= this.#width - 4
      // At the right edge there is room on the left alone; there is no more to be written then.
      if (isRoom) free = this.#write(token, tokenAt + 4)
      else {
        if (tokenAt - 4 - wide > free) this.#write(token, tokenAt - 4 - wide)
        free = Infinity
      }
    }
    const { end } = tape
    let right = this.#width - SIDE - 12
    const writeLeft = (text: string): void => {
      const left = right - context.measureText(text).width
      if (left > free) this.#write(text, left)
      right = left - 12
    }
    if (end && end.how !== 'closed') {
      context.fillStyle = this.#colours['bad']!
      this.#upright(this.#x(end.at), 2)
      writeLeft(end.how === 'stopped' ? 'stopped' : 'broke off')
    }
    context.fillStyle = this.#colours['soft']!
    if (peak > 0 && this.#state.until >= SHORT) writeLeft(`${formatRate(peak)} pieces/s at most`)
  }

  #upright(x: number, width = 1): void {
    this.#context.fillRect(Math.round(x), this.#ceiling - 6, width, this.#floor - this.#ceiling + 6)
  }

  /** Writes above the plot, if there is room; answers where room begins again. */
  #write(text: string, x: number): number {
    const end = x + this.#context.measureText(text).width
    if (end > this.#width - 4) return -Infinity
    this.#context.fillText(text, x, this.#ceiling - 7)
    return end + 10
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
