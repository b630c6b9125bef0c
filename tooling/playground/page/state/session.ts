import { fetchStream, type OpenStream, type StreamRequest } from '../stream/fetch-stream.ts'
import type { Outcome } from '../stream/message-log.ts'
import { Recording } from '../stream/recording.ts'
import { type Standing, standingOf } from '../stream/standing.ts'
import { type Gap, type Metrics, metricsAt, stallLimit } from '../stream/timing.ts'
import type { Moment } from './moment.ts'
import { Player } from './player.ts'

/** Numbers and diagnostics are brought up to date as often as they can be read, and not at each chunk. */
const READINGS_MILLISECONDS = 100
const JUDGEMENT_MILLISECONDS = 300
/** A judgement waits until a drag has come to rest, or the share of the time that it takes would be felt. */
const REST_MILLISECONDS = 120
const JUDGEMENT_SHARE = 10
/** A server that has not answered for so long is worth a word. */
const PATIENCE_MILLISECONDS = 700

/** What a stream was asked for with, so that it can be asked for again. */
export interface Order {
  readonly request?: StreamRequest | undefined
  /** A stream that is here already. */
  readonly recorded?: (() => Promise<Recording>) | undefined
  /** Its name, for people. */
  readonly title: string
  readonly isOwnUrl: boolean
}

/** Everything that the page shows; a new object when any of it changes. */
export interface View {
  readonly moment: Moment
  readonly order: Order | undefined
  /** The time on the tape where one is, and where the axis ends. */
  readonly time: number
  readonly until: number
  readonly waiting: Gap | undefined
  readonly standing: Standing
  readonly canStop: boolean
  readonly canRepeat: boolean
  readonly metrics: Metrics
  /** What reading would come to, were this the end; of an earlier moment while a newer one is judged. */
  readonly outcome: Outcome | undefined
}

const IDLE: Standing = { tone: 'idle', title: 'Nothing to show yet', reasons: [] }

/** The one stream that is shown: whatever comes, is played, pointed at or chosen comes together here. */
export class Session {
  view: View
  /** Another stream that was kept to compare with. */
  pinned: { readonly title: string; readonly recording: Recording } | undefined
  readonly #player: Player
  readonly #listeners = new Set<() => void>()
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)')
  #order: Order | undefined
  #stream: OpenStream | undefined
  #recording = blank()
  /** When the stream was asked for, on the page's clock. */
  #sent = 0
  #isOpen = false
  #hover: number | undefined
  #chosen: number | undefined
  /** Counts what should be brought into view. */
  reveals = 0
  /** Counts when the newest should be followed again. */
  follows = 0
  #isDirty = true
  #readAt = 0
  #metrics: Metrics
  #standing: Standing = IDLE
  #outcome: Outcome | undefined
  #judged: { readonly recording: Recording; readonly position: number } | undefined
  #judgedAt = 0
  #judgementTook = 0
  #movedAt = 0
  #isJudging = false

  constructor() {
    this.#player = new Player(this.#recording.tape)
    this.#metrics = metricsAt(this.#recording, 0)
    this.view = this.#look()
    requestAnimationFrame(() => this.#frame())
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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
    const { request, recorded } = order
    if (recorded) {
      const recording = await recorded()
      if (this.#order !== order) return
      this.#isOpen = false
      this.#show(recording)
      this.toEnd()
    } else if (request)
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

  get rate(): number {
    return this.#player.rate
  }

  set rate(rate: number) {
    this.#player.rate = rate
    this.#isDirty = true
  }

  seek(position: number): void {
    this.#chosen = undefined
    this.#movedAt = performance.now()
    this.#player.seek(position)
    this.#follow()
  }

  seekTime(time: number): void {
    this.seek(this.#recording.tape.positionAt(time + 1e-6))
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

  pointAt(entry: number | undefined): void {
    if (entry === this.#hover) return
    this.#hover = entry
    this.#isDirty = true
  }

  choose(entry: number | undefined): void {
    this.#chosen = entry
    this.#hover = undefined
    if (entry !== undefined) this.reveals++
    this.#isDirty = true
    this.#draw()
  }

  /** Keeps the stream that is shown, to compare others with it. */
  pin(): void {
    this.pinned = this.pinned
      ? undefined
      : { title: this.#order?.title ?? 'a stream', recording: this.#recording }
    this.#isDirty = true
  }

  #show(recording: Recording): void {
    this.#recording = recording
    this.#player.load(recording.tape)
    this.#hover = undefined
    this.#chosen = undefined
    this.#judged = undefined
    this.#outcome = undefined
    this.#readAt = 0
    this.#follow()
  }

  #follow(): void {
    this.follows++
    this.#isDirty = true
  }

  #frame(): void {
    const moved = this.#player.tick(performance.now())
    const isRead = this.#read()
    // Between two chunks only the cursor moves, and not for those who want no motion.
    const isSmooth = (this.#player.isPlaying || this.#isOpen) && !this.#stillness.matches
    if (moved || isRead || this.#isDirty || isSmooth) this.#draw()
    requestAnimationFrame(() => this.#frame())
  }

  #draw(): void {
    this.#isDirty = false
    this.view = this.#look()
    for (const listener of this.#listeners) listener()
  }

  #look(): View {
    const { tape } = this.#recording
    const now = performance.now() - this.#sent
    const isComing = this.#isOpen && !tape.end
    const { isLive, isPlaying } = this.#player
    const last = tape.timeAt(tape.steps)
    return {
      moment: this.#moment(),
      order: this.#order,
      time: isComing && isLive && isPlaying ? now : this.#player.time,
      until: Math.max(isComing ? now : last, 1),
      waiting: this.#waiting(),
      standing: this.#standing,
      canStop: this.#isOpen && this.#stream !== undefined,
      canRepeat: this.#order !== undefined && !this.#isOpen,
      metrics: this.#metrics,
      outcome: this.#outcome,
    }
  }

  #moment(): Moment {
    const recording = this.#recording
    const { tape, events } = recording
    const { position, isPlaying } = this.#player
    const offset = tape.offsetAt(position)
    const hasEnded = tape.end !== undefined && position >= tape.steps
    // Where the user does not point, the event that came last is lit, until the end.
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
      isMoving: isPlaying,
    }
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

  /** The slower readings: metrics, standing, and what reading would come to if this were the end. */
  #read(): boolean {
    const now = performance.now()
    const isEnd = this.#recording.message.outcome !== undefined && this.#judged === undefined
    if (now - this.#readAt < READINGS_MILLISECONDS && !isEnd) return false
    const recording = this.#recording
    const moment = this.#moment()
    const before = [this.#standing.title, this.#readAt === 0, this.#judged?.position]
    this.#readAt = now
    const isSame =
      this.#judged?.recording === recording && this.#judged.position === moment.position
    if (!isSame || this.#isOpen) {
      const waiting = this.#player.isLive ? this.#waiting() : undefined
      this.#metrics = metricsAt(recording, moment.position, waiting)
    }
    this.#standing = this.#stand()
    const isWhole = moment.hasEnded && recording.message.outcome !== undefined
    if (isWhole && !isSame) {
      this.#outcome = recording.message.outcome
      this.#judged = { recording, position: moment.position }
      return true
    }
    const wait = Math.max(JUDGEMENT_MILLISECONDS, JUDGEMENT_SHARE * this.#judgementTook)
    const isResting = this.#player.isPlaying || now - this.#movedAt > REST_MILLISECONDS
    const isDue = isResting && now - this.#judgedAt > wait && !moment.hasEnded
    if (!isSame && isDue && !this.#isJudging) void this.#judge(moment)
    return this.#isOpen || before[0] !== this.#standing.title || before[1] === true
  }

  async #judge({ recording, position }: Moment): Promise<void> {
    this.#isJudging = true
    const begin = performance.now()
    try {
      const outcome = await recording.judgeAt(position)
      if (recording !== this.#recording) return
      this.#judged = { recording, position }
      this.#outcome = outcome
      this.#isDirty = true
    } finally {
      this.#isJudging = false
      this.#judgedAt = performance.now()
      this.#judgementTook = this.#judgedAt - begin
    }
  }

  #stand(): Standing {
    const recording = this.#recording
    const { tape, message } = recording
    const { outcome } = message
    const isOwnUrl = this.#order?.isOwnUrl ?? false
    if (tape.end && outcome) return standingOf(recording, outcome, isOwnUrl)
    if (!this.#isOpen) return this.#order ? this.#standing : IDLE
    const waiting = this.#waiting()
    // A failure stays the news, however long nothing comes after it.
    if (outcome?.failure) {
      const standing = standingOf(recording, outcome, isOwnUrl)
      const goesOn = { sentence: 'The connection is open. What comes is kept, but not read.' }
      return { ...standing, reasons: [...standing.reasons, goesOn] }
    }
    return standingOfOpen(tape.chunks.at(-1)?.at, performance.now() - this.#sent, waiting)
  }
}

/** The state of a stream that may still go on. */
function standingOfOpen(last: number | undefined, now: number, waiting: Gap | undefined): Standing {
  const seconds = ((now - (last ?? 0)) / 1000).toFixed(1)
  if (waiting) {
    const sentence = `Nothing has come for ${seconds} s. Everything before is kept, and it may go on.`
    return { tone: 'idle', title: 'Stalled', reasons: [{ sentence }] }
  }
  if (last !== undefined) return { tone: 'live', title: 'Streaming', reasons: [] }
  if (now < PATIENCE_MILLISECONDS) return { tone: 'live', title: 'Waiting', reasons: [] }
  const sentence = `Nothing has come for ${seconds} s. Press Stop to give it up.`
  return { tone: 'idle', title: 'Waiting', reasons: [{ sentence }] }
}

/** What is shown before anything has come. */
function blank(): Recording {
  return new Recording({
    status: 200,
    contentType: '',
    headers: [],
    headAt: Infinity,
    timing: 'live',
  })
}
