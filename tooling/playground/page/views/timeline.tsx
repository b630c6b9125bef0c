import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Session, View } from '../state/session.ts'
import type { Timing } from '../stream/recording.ts'
import { formatBytes, formatCount, formatRate, formatTime } from './numbers.ts'
import { StreamPlot } from './stream-plot.ts'

interface Props {
  readonly session: Session
  readonly view: View
  /** Drawn anew when it changes. */
  readonly theme: string
}

/** What the times are, so that the pace of the playground is not taken for that of a model. */
const TIMINGS: Readonly<Record<Timing, string>> = {
  live: 'Measured in this browser, from the request.',
  replay: 'Measured in this browser, while the playground plays the recorded times.',
  paced: 'Measured in this browser, at the pace of the playground: it says nothing about a model.',
  recorded: 'Read from the file, as recorded.',
  none: 'This stream has no times: only the order of its bytes is known.',
}

/** The metrics, the plot with the scrubber on it, the transport and the state. */
export function Timeline({ session, view, theme }: Props): VNode {
  return (
    <section class="timeline" aria-label="Timeline">
      <Readings view={view} />
      <Plot session={session} view={view} theme={theme} />
      <div class="transport">
        <Transport session={session} view={view} />
        <Standing session={session} view={view} />
      </div>
    </section>
  )
}

function Readings({ view }: { readonly view: View }): VNode {
  const { metrics, moment } = view
  const { head, ttfb, ttft, itl, tokensPerSecond, stalls } = metrics
  const { tape, settings } = moment.recording
  const none = tape.hasTimes ? '–' : 'no times'
  const time = (value: number | undefined): string =>
    value === undefined ? none : formatTime(value)
  const rows: readonly (readonly [name: string, value: string, about: string])[] = [
    ['Head', time(head), 'from the request to the head of the response'],
    ['TTFB', time(ttfb), 'time to first byte: from the request to the first byte of the body'],
    ['TTFT', time(ttft), 'time to first token: from the request to the first event that adds text'],
    [
      'ITL p50',
      time(itl?.p50),
      'inter-token latency: the median time between events that add text',
    ],
    ['ITL p95', time(itl?.p95), '95 of 100 times between events that add text are at most this'],
    ['ITL max', time(itl?.max), 'the longest time between events that add text'],
    [
      'Tokens/s',
      tape.hasTimes ? formatRate(tokensPerSecond) : none,
      'after the first, by the count of the server',
    ],
    [
      'Stalls',
      tape.hasTimes ? formatCount(stalls.length) : none,
      'gaps over half a second and over eight times the usual one',
    ],
    ['Chunks', formatCount(Math.min(moment.position, tape.chunks.length)), 'reads of the body'],
    ['Bytes', formatBytes(moment.offset), 'of the body'],
  ]
  return (
    <>
      <dl class="readings" id="readings">
        {rows.map(([name, value, about]) => (
          <div key={name} title={about}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="timing" id="timing">
        {TIMINGS[settings.timing]}
      </p>
    </>
  )
}

function Plot({ session, view, theme }: Props): VNode {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<StreamPlot>(undefined)
  useEffect(() => {
    if (!host.current) return undefined
    const made = new StreamPlot(host.current)
    plot.current = made
    return () => made.destroy()
  }, [])
  useEffect(() => plot.current?.recolour(), [theme])
  useEffect(() => plot.current?.show(view))
  const { moment } = view
  const { tape } = moment.recording
  const seek = (event: PointerEvent): void => {
    const time = plot.current?.timeAt(event.clientX)
    if (time !== undefined) session.seekTime(time)
  }
  const place = moment.hasEnded ? 'end' : `chunk ${moment.position}`
  return (
    <div class="plot">
      <div
        id="scrubber"
        role="slider"
        tabIndex={0}
        aria-label="Position in the stream"
        aria-valuemin={0}
        aria-valuemax={tape.steps}
        aria-valuenow={moment.position}
        aria-valuetext={`${place} of ${tape.chunks.length}${tape.hasTimes ? `, ${formatTime(tape.timeAt(moment.position))}` : ''}`}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          seek(event)
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(event)
        }}
      >
        <div ref={host} class="canvas" aria-hidden="true" />
      </div>
    </div>
  )
}

const ICONS = {
  start: 'M3 3h2v10H3zM13 3v10L6 8z',
  back: 'M11 3v10L4 8z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  play: 'M4 2.5v11L13 8z',
  forward: 'M5 3v10l7-5z',
  end: 'M11 3h2v10h-2zM3 3v10l7-5z',
} as const

function Transport({ session, view: { moment } }: Omit<Props, 'theme'>): VNode {
  const { tape } = moment.recording
  const place = moment.hasEnded ? 'end' : String(moment.position)
  const time = tape.hasTimes ? `  ${formatTime(tape.timeAt(moment.position))}` : ''
  const button = (id: string, label: string, icon: keyof typeof ICONS, act: () => void): VNode => (
    <button type="button" id={id} aria-label={label} title={label} onClick={act}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={ICONS[icon]} />
      </svg>
    </button>
  )
  const { isMoving } = moment
  return (
    <>
      {button('to-start', 'To the beginning', 'start', () => session.seek(0))}
      {button('back', 'One chunk back', 'back', () => session.step(-1))}
      {button('toggle', isMoving ? 'Pause' : 'Play', isMoving ? 'pause' : 'play', () =>
        session.toggle(),
      )}
      {button('forward', 'One chunk on', 'forward', () => session.step(1))}
      {button('to-end', 'To the end', 'end', () => session.toEnd())}
      <label class="rate">
        <span class="unseen">Speed of playing back</span>
        <select
          id="rate"
          value={String(session.rate)}
          onChange={({ currentTarget }) => (session.rate = Number(currentTarget.value))}
        >
          {[0.1, 0.5, 1, 4].map((rate) => (
            <option key={rate} value={String(rate)}>
              × {rate}
            </option>
          ))}
        </select>
      </label>
      <span id="place">{`${place} / ${tape.chunks.length}${time}`}</span>
    </>
  )
}

function Standing({ session, view }: Omit<Props, 'theme'>): VNode {
  const { standing, canStop, canRepeat } = view
  return (
    <div class="standing" data-tone={standing.tone} id="standing">
      <div role="status" aria-live="polite" aria-atomic="true" class="said" id="said">
        <span class="lamp" id="lamp" />
        <strong id="standing-title">{standing.title}</strong>{' '}
        <span id="reasons">
          {standing.reasons.map(({ code, sentence }) => (
            <span key={sentence} class="reason">
              {code === undefined ? null : <code>{code}</code>} {sentence}{' '}
            </span>
          ))}
        </span>
      </div>
      {canStop ? (
        <button type="button" id="stop" onClick={() => session.stop()}>
          Stop
        </button>
      ) : null}
      {canRepeat ? (
        <button type="button" id="again" onClick={() => session.again()}>
          Again
        </button>
      ) : null}
    </div>
  )
}
