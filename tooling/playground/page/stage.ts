import { byId, say } from './views/element.ts'
import { BytesView } from './views/bytes-view.ts'
import { DiagnosticsView } from './views/diagnostics-view.ts'
import { EventsView } from './views/events-view.ts'
import { MessageView } from './views/message-view.ts'
import type { Moment } from './views/moment.ts'
import { formatTime } from './views/numbers.ts'
import { ReadingsView } from './views/readings-view.ts'
import { StandingView } from './views/standing-view.ts'
import { describePosition, TimelineView } from './views/timeline-view.ts'
import { fetchStream, type OpenStream } from './stream/fetch-stream.ts'
import type { Outcome } from './stream/message-log.ts'
import { Player } from './stream/player.ts'
import { Recording } from './stream/recording.ts'
import type { StreamRequest } from './stream/scenes.ts'
import { standingOf } from './stream/standing.ts'
import { type Gap, stallLimit } from './stream/timing.ts'

/** Numbers and diagnostics are brought up to date as often as they can be read, and not at each chunk. */
const READINGS_MILLISECONDS = 100
const JUDGEMENT_MILLISECONDS = 300
/** Diagnostics wait until a drag has come to rest, or the share of the time that they take would be felt. */
const REST_MILLISECONDS = 120
const JUDGEMENT_SHARE = 10

/** What a stream was asked for with, so that it can be asked for again. */
export interface Order {
  readonly request?: StreamRequest
  /** A stream that is here already. */
  readonly recorded?: () => Promise<Recording>
  readonly isOwnUrl: boolean
  /** It is shown whole, and not played. */
  readonly isAtOnce?: boolean
}

/** The one stream that is shown: whatever comes, is played, pointed at or chosen comes together here. */
export class Stage {
  readonly #bytes: BytesView
  readonly #events: EventsView
  readonly #message: MessageView
  readonly #diagnostics = new DiagnosticsView(byId('diagnostics'), byId('diagnostics-sum'))
  readonly #timeline: TimelineView
  readonly #readings = new ReadingsView(byId('readings'))
  readonly #standing = new StandingView()
  readonly #scrubber = byId('scrubber')
  readonly #place = byId('place')
  readonly #toggle = byId('toggle')
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)')
  #order: Order | undefined
  #stream: OpenStream | undefined
  #recording: Recording = blank()
  #player = new Player(this.#recording.tape)
  /** When the stream was asked for, on the page's clock. */
  #sent = 0
  #isOpen = false
  #hover: number | undefined
  #chosen: number | undefined
  #isJson = false
  #isDirty = true
  #readAt = 0
  #judged: { readonly recording: Recording; readonly position: number } | undefined
  #judgedAt = 0
  #judgementTook = 0
  #movedAt = 0
  #isJudging = false

  constructor() {
    const pointing = {
      hover: (entry: number | undefined) => this.#pointAt(entry),
      choose: (entry: number | undefined) => this.#choose(entry),
    }
    this.#bytes = new BytesView(byId('bytes'), byId('bytes-sum'), pointing)
    this.#events = new EventsView(byId('events'), byId('events-sum'), pointing)
    this.#message = new MessageView(byId('message'), byId('message-sum'), pointing)
    this.#timeline = new TimelineView(byId<HTMLCanvasElement>('plot'), this.#scrubber)
    this.#listenToScrubber()
    requestAnimationFrame((clock) => this.#frame(clock))
  }

  /** Whether no stream has been asked for yet. */
  get isIdle(): boolean {
    return this.#order === undefined
  }

  /** Lets go of what is shown, and shows another stream from its beginning. */
  async play(order: Order): Promise<void> {
    this.#stream?.stop()
    this.#stream = undefined
    this.#order = order
    this.#sent = performance.now()
    this.#isOpen = true
    this.#show(blank())
    this.#stand()
    const { request, recorded } = order
    if (recorded) {
      const recording = await recorded()
      if (this.#order !== order) return
      this.#isOpen = false
      this.#show(recording)
      if (order.isAtOnce) this.toEnd()
      else this.#player.play(performance.now())
    } else if (request) {
      this.#stream = fetchStream(request, {
        begins: (recording) => {
          if (this.#order === order) this.#show(recording)
        },
        comes: () => {
          if (this.#order !== order) return
          this.#isDirty = true
          if (this.#recording.tape.end) this.#isOpen = false
        },
      })
    }
  }

  again(): void {
    if (this.#order) void this.play(this.#order)
  }

  stop(): void {
    this.#stream?.stop()
  }

  toggle(): void {
    this.#player.toggle(performance.now())
    this.#follow()
  }

  set rate(rate: number) {
    this.#player.rate = rate
  }

  seek(position: number): void {
    this.#chosen = undefined
    this.#movedAt = performance.now()
    this.#player.seek(position)
    this.#follow()
  }

  step(chunks: number): void {
    this.seek(this.#player.position + chunks)
  }

  toEnd(): void {
    this.#chosen = undefined
    this.#movedAt = performance.now()
    this.#player.toEnd()
    this.#follow()
  }

  /** To the event before or after the one that is lit. */
  walk(by: number): void {
    const { hasEnded, offset, focus } = this.#moment()
    const count = this.#recording.events.countAt(offset, hasEnded)
    if (count === 0) return
    const from = focus?.index ?? (by > 0 ? -1 : count)
    this.#choose(Math.max(0, Math.min(count - 1, from + by)))
  }

  /** Opens the event that is lit. */
  open(): void {
    const { focus } = this.#moment()
    if (focus) this.#events.toggle(focus.index)
  }

  letGo(): void {
    this.#choose(undefined)
  }

  showJson(isWanted: boolean): void {
    this.#isJson = isWanted
    this.#judged = undefined
    this.#message.showJson(isWanted)
    this.#isDirty = true
  }

  recolour(): void {
    this.#timeline.recolour()
  }

  #show(recording: Recording): void {
    this.#recording = recording
    this.#player.load(recording.tape)
    this.#hover = undefined
    this.#chosen = undefined
    this.#judged = undefined
    this.#diagnostics.clear()
    this.#readAt = 0
    this.#follow()
  }

  #follow(): void {
    this.#bytes.follow()
    this.#events.follow()
    this.#message.follow()
    this.#isDirty = true
  }

  #pointAt(entry: number | undefined): void {
    if (entry === this.#hover) return
    this.#hover = entry
    this.#isDirty = true
  }

  #choose(entry: number | undefined): void {
    this.#chosen = entry
    this.#hover = undefined
    this.#draw()
    if (entry === undefined) return
    this.#bytes.reveal()
    this.#events.reveal()
    this.#message.reveal()
  }

  #moment(): Moment {
    const recording = this.#recording
    const { tape, events } = recording
    const { position } = this.#player
    const offset = tape.offsetAt(position)
    const hasEnded = tape.end !== undefined && position >= tape.steps
    const isMoving = this.#player.isPlaying
    // Where nobody points, the event that came last is lit, until the end.
    const last = hasEnded ? undefined : events.countAt(offset, false) - 1
    const chosen = this.#hover ?? this.#chosen
    const focus = events.entries[chosen ?? last ?? -1]
    return {
      recording,
      position,
      offset,
      hasEnded,
      focus,
      isChosen: chosen !== undefined,
      isMoving,
    }
  }

  #frame(clock: number): void {
    const moved = this.#player.tick(performance.now())
    // Between two chunks only the cursor moves, and not for those who want no motion.
    const isSmooth = this.#player.isPlaying && !this.#stillness.matches
    if (moved || this.#isDirty || isSmooth) this.#draw()
    this.#read(clock)
    requestAnimationFrame((next) => this.#frame(next))
  }

  #draw(): void {
    const moment = this.#moment()
    const isWhole = this.#isDirty || moment.position !== this.#drawn
    this.#drawPlot()
    if (!isWhole && moment.focus === this.#lit) return
    this.#isDirty = false
    this.#drawn = moment.position
    this.#lit = moment.focus
    this.#bytes.show(moment)
    this.#events.show(moment)
    this.#message.show(moment)
    this.#showPlace(moment)
  }

  #drawn = -1
  #lit: Moment['focus']

  #drawPlot(): void {
    const { tape } = this.#recording
    const { position, isLive } = this.#player
    const now = performance.now() - this.#sent
    const last = tape.timeAt(tape.steps)
    const isComing = this.#isOpen && !tape.end
    this.#timeline.show({
      recording: this.#recording,
      position,
      time: isComing && isLive && this.#player.isPlaying ? now : this.#player.time,
      until: Math.max(isComing ? now : last, 1),
      waitingSince: this.#waiting()?.from,
    })
  }

  /** The stall that is going on at the live end. */
  #waiting(): Gap | undefined {
    const { tape } = this.#recording
    const times = tape.chunks.slice(-40).map(({ at }) => at)
    const from = times.at(-1)
    const to = performance.now() - this.#sent
    if (!this.#isOpen || tape.end || from === undefined) return undefined
    return to - from > stallLimit(times) ? { from, to } : undefined
  }

  #showPlace({ position, hasEnded }: Moment): void {
    const { tape } = this.#recording
    const { chunks, steps } = tape
    const place = hasEnded ? 'end' : String(position)
    say(this.#place, `${place} / ${chunks.length}  ${formatTime(tape.timeAt(position))}`)
    const { isPlaying } = this.#player
    this.#toggle.classList.toggle('playing', isPlaying)
    this.#toggle.setAttribute('aria-label', isPlaying ? 'Pause' : 'Play')
    this.#scrubber.setAttribute('aria-valuemax', String(steps))
    this.#scrubber.setAttribute('aria-valuenow', String(position))
    this.#scrubber.setAttribute('aria-valuetext', describePosition(this.#recording, position))
  }

  /** The slower readings: numbers, how it stands, and what the accumulator would say if this were the end. */
  #read(clock: number): void {
    if (clock - this.#readAt < READINGS_MILLISECONDS) return
    this.#readAt = clock
    const recording = this.#recording
    const moment = this.#moment()
    const waiting = this.#player.isLive ? this.#waiting() : undefined
    this.#readings.show(recording, moment.position, waiting)
    this.#drawPlot()
    this.#stand()
    const judged = this.#judged
    const isNew = judged?.recording !== recording || judged.position !== moment.position
    const isEnd = moment.hasEnded && recording.message.outcome !== undefined
    const now = performance.now()
    const wait = Math.max(JUDGEMENT_MILLISECONDS, JUDGEMENT_SHARE * this.#judgementTook)
    const isResting = this.#player.isPlaying || now - this.#movedAt > REST_MILLISECONDS
    const isDue = isEnd || (isResting && now - this.#judgedAt > wait)
    if (isNew && isDue && !this.#isJudging && !(moment.hasEnded && !isEnd)) void this.#judge(moment)
  }

  async #judge(moment: Moment): Promise<void> {
    this.#isJudging = true
    const { recording, position } = moment
    const begin = performance.now()
    try {
      const outcome = await recording.judgeAt(position)
      if (recording !== this.#recording) return
      this.#judged = { recording, position }
      this.#diagnostics.show(moment, outcome)
      if (this.#isJson) this.#message.setJson(outcome.result?.message)
    } finally {
      this.#isJudging = false
      this.#judgedAt = performance.now()
      this.#judgementTook = this.#judgedAt - begin
    }
  }

  #stand(): void {
    const { tape, message } = this.#recording
    const outcome: Outcome | undefined = message.outcome
    const canStop = this.#isOpen && this.#stream !== undefined
    if (tape.end && outcome) {
      const standing = standingOf(this.#recording, outcome, this.#order?.isOwnUrl ?? false)
      return this.#standing.show(standing, false, this.#order !== undefined)
    }
    if (!this.#isOpen) return
    const now = performance.now() - this.#sent
    const last = tape.chunks.at(-1)?.at
    const isStalled = this.#waiting() !== undefined
    if (outcome?.failure && !isStalled) {
      const standing = standingOf(this.#recording, outcome, this.#order?.isOwnUrl ?? false)
      const goesOn = { sentence: 'The stream goes on; what comes is kept, and not read.' }
      const reasons = [...standing.reasons, goesOn]
      return this.#standing.show({ ...standing, reasons }, canStop, false)
    }
    const title = last === undefined ? 'Waiting' : isStalled ? 'Stalled' : 'Streaming'
    const since = formatTime(now - (last ?? 0))
    const words =
      last === undefined
        ? now > 700
          ? `Nothing has come for ${since}. It may still; stop it if it should not.`
          : ''
        : isStalled
          ? `Nothing has come for ${since}. What had come is kept; it may go on.`
          : ''
    const tone = isStalled || (last === undefined && now > 700) ? 'idle' : 'live'
    this.#standing.show(
      { tone, title, reasons: words === '' ? [] : [{ sentence: words }] },
      canStop,
      false,
    )
  }

  #listenToScrubber(): void {
    const host = this.#scrubber
    const seekTo = (event: PointerEvent): void =>
      this.seek(this.#recording.tape.positionAt(this.#timeline.timeAt(event.clientX) + 1e-6))
    host.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      host.setPointerCapture(event.pointerId)
      seekTo(event)
    })
    host.addEventListener('pointermove', (event) => {
      if (host.hasPointerCapture(event.pointerId)) seekTo(event)
    })
  }
}

/** What is shown before anything has come. */
function blank(): Recording {
  return new Recording({ status: 200, contentType: '', dialect: 'openai', headAt: Infinity })
}
