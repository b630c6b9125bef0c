import { createJsonReader } from '@tesserae/openai/json'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { effectOf, type Moment } from '../state/moment.ts'
import type { Session, View } from '../state/session.ts'
import { knownOf, lengthAt, type Part, stretchAt } from '../stream/message-log.ts'
import { protocolNames } from '../stream/protocol.ts'
import { Boxes } from './fonts.ts'
import { GrownText } from './grown-text.ts'
import { formatCount, plural } from './numbers.ts'
import { visible } from './visible.ts'

/** More of a message is not laid out. */
const MOST_JSON = 100_000

const NAMES = { content: 'Text', reasoning: 'Reasoning', refusal: 'Refusal' } as const

interface Props {
  readonly session: Session
  readonly view: View
}

/** The texts that are on the page, by their part: what points at them asks here. */
type Texts = Map<Part, GrownText>

/** The message, as far as it has come. */
export function MessagePane({ session, view }: Props): VNode {
  const { moment, outcome } = view
  const { recording, offset, hasEnded } = moment
  const host = useRef<HTMLDivElement>(null)
  const texts = useMemo<Texts>(() => new Map(), [recording])
  const [isJson, setJson] = useState(false)
  const { message, protocol } = recording
  const isThere = ({ known }: { readonly known: number }): boolean => known <= offset || hasEnded
  const parts = message.parts.filter(isThere)
  useHighlight(moment, texts)
  useFollowing(host, session, moment)
  useLayoutEffect(() => {
    if (session.reveals > 0 && moment.focus) reveal(host.current, moment, texts)
  }, [session.reveals])
  const entryAt = (event: MouseEvent): number | undefined => {
    for (const [part, text] of texts) {
      const unit = text.unitAt(event.clientX, event.clientY)
      const known = unit === undefined ? undefined : knownOf(part, unit)
      if (known !== undefined) return recording.events.knownAt(known)?.index
    }
    return undefined
  }
  return (
    <section class="pane message" aria-labelledby="h-message">
      <header>
        <h2 id="h-message">Message</h2>
        <p id="message-sum">
          {protocol ? `${protocolNames[protocol]}, ` : ''}
          {plural(unitsOf(parts, moment), 'character')}
        </p>
        <button
          type="button"
          class="quiet"
          id="as-json"
          aria-pressed={isJson}
          onClick={() => setJson(!isJson)}
        >
          JSON
        </button>
      </header>
      <div
        class="scroller"
        id="message"
        ref={host}
        tabIndex={0}
        role="region"
        aria-label="The message so far"
        onPointerMove={(event) => session.pointAt(entryAt(event))}
        onPointerLeave={() => session.pointAt(undefined)}
        onClick={(event) => session.choose(entryAt(event))}
      >
        {isJson ? (
          <pre class="whole-json">{jsonOf(outcome?.message)}</pre>
        ) : (
          <Said key={recording} moment={moment} parts={parts} texts={texts} />
        )}
      </div>
    </section>
  )
}

function Said({
  moment,
  parts,
  texts,
}: {
  readonly moment: Moment
  readonly parts: readonly Part[]
  readonly texts: Texts
}): VNode {
  const { recording, offset, hasEnded, isMoving } = moment
  const { message } = recording
  const finishes = message.finishes.filter(({ known }) => known <= offset || hasEnded)
  const usage = message.usages.findLast(({ known }) => known <= offset || hasEnded)?.usage
  const choices = [...new Set([...parts, ...finishes].map(({ choice }) => choice))].toSorted(
    (one, other) => one - other,
  )
  const newest = newestOf(parts, offset)
  const isBoxed = parts.some((part) => hasBoxes(part, moment))
  return (
    <div class="said-so-far">
      {choices.length === 0 ? <p class="nothing">{nothingOf(moment)}</p> : null}
      {isBoxed ? (
        <p class="unshown">
          This system has no font for some characters, which appear as boxes. Hex, under Bytes,
          shows them.
        </p>
      ) : null}
      {choices.map((choice) => {
        const finish = finishes.find((said) => said.choice === choice)
        return (
          <section key={choice} class="choice">
            {choices.length > 1 ? <h3>Choice {choice}</h3> : null}
            {parts
              .filter((part) => part.choice === choice)
              .map((part) => (
                <PartView
                  key={part.key}
                  moment={moment}
                  part={part}
                  texts={texts}
                  isGrowing={isMoving && !finish && part === newest}
                />
              ))}
            {finish ? <p class="finish">finish reason: {visible(finish.reason)}</p> : null}
          </section>
        )
      })}
      {usage ? (
        <dl class="usage">
          {numbersIn(usage).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  )
}

function PartView({
  moment,
  part,
  texts,
  isGrowing,
}: {
  readonly moment: Moment
  readonly part: Part
  readonly texts: Texts
  readonly isGrowing: boolean
}): VNode {
  const host = useRef<HTMLDivElement>(null)
  const { type } = part
  const isCall = type === 'tool-call'
  const tone = isCall ? 'tool' : type
  const { offset, hasEnded } = moment
  const length = hasEnded ? part.text.length : lengthAt(part, offset)
  useLayoutEffect(() => {
    const text = new GrownText(isCall ? 'arguments' : 'text')
    if (!isCall) text.element.dir = 'auto'
    host.current?.replaceChildren(text.element)
    texts.set(part, text)
    return () => texts.delete(part)
  }, [part])
  useLayoutEffect(() => {
    const text = texts.get(part)
    text?.show(part.text, length)
    text?.element.classList.toggle('growing', isGrowing)
  })
  return (
    <section class={`part t-${tone}`}>
      <h3>
        <i class={`tessera t-${tone}`} />
        <span class="title">{type === 'tool-call' ? visible(part.name ?? '') : NAMES[type]}</span>
        {isCall ? <span class="id">{visible(part.id ?? '')}</span> : null}
        {isCall ? <CallState moment={moment} part={part} length={length} /> : null}
      </h3>
      <div ref={host} />
      {isCall ? <CallValue part={part} length={length} /> : null}
    </section>
  )
}

const STATES = {
  empty: 'no arguments yet',
  open: 'being written',
  complete: 'whole',
  invalid: 'not valid JSON',
} as const

function CallState({
  moment: { recording, hasEnded },
  part,
  length,
}: {
  readonly moment: Moment
  readonly part: Part
  readonly length: number
}): VNode {
  const end = hasEnded ? recording.message.toolEnds.find((end) => end.part === part) : undefined
  const { state } = useJson(part, length)
  const isCut = end?.partial === true || (hasEnded && state === 'open')
  return (
    <span class={`state ${isCut ? 'cut' : state}`}>
      {isCut ? 'cut off: do not run it' : STATES[state]}
    </span>
  )
}

function CallValue({
  part,
  length,
}: {
  readonly part: Part
  readonly length: number
}): VNode | null {
  const { value } = useJson(part, length)
  if (value === undefined) return null
  // Its lines can be longer than it is wide, so the keyboard has to be able to scroll it.
  return (
    <pre class="read" tabIndex={0} aria-label="The arguments, as far as they can be read">
      {JSON.stringify(value, null, 2).slice(0, 20_000)}
    </pre>
  )
}

/** The arguments so far, read as they grow. */
function useJson(part: Part, length: number): { state: keyof typeof STATES; value: unknown } {
  const kept = useRef({ reader: createJsonReader(), length: 0 })
  if (length < kept.current.length) kept.current = { reader: createJsonReader(), length: 0 }
  const { current } = kept
  if (length > current.length) current.reader.push(part.text.slice(current.length, length))
  current.length = length
  const { state, value } = current.reader
  return { state, value }
}

/** Lights up what the lit event added. */
function useHighlight(moment: Moment, texts: Texts): void {
  useEffect(() => {
    // Older browsers have no such thing; the bytes and the events light up all the same.
    if (!('highlights' in CSS)) return
    const { focus, recording, offset } = moment
    const ranges =
      focus && focus.known <= offset
        ? effectOf(recording, focus).parts.flatMap(
            (part) => rangeOf(part, focus.known, texts) ?? [],
          )
        : []
    CSS.highlights.set('added', new Highlight(...ranges))
  })
}

function rangeOf(part: Part, known: number, texts: Texts): Range | undefined {
  const stretch = stretchAt(part, known)
  return stretch && texts.get(part)?.rangeOf(stretch.from, stretch.to)
}

/** Scrolls to what the lit event added. */
function reveal(host: HTMLElement | null, { recording, focus }: Moment, texts: Texts): void {
  if (!host || !focus) return
  for (const part of effectOf(recording, focus).parts) {
    const box = rangeOf(part, focus.known, texts)?.getBoundingClientRect()
    if (!box) continue
    const around = host.getBoundingClientRect()
    if (box.top < around.top || box.bottom > around.bottom)
      host.scrollTop += box.top - around.top - around.height / 3
    return
  }
}

/** Keeps the end of the message in view while it grows, until the user scrolls away from it. */
function useFollowing(
  host: { readonly current: HTMLElement | null },
  session: Session,
  { position, isMoving }: Moment,
): void {
  const isFollowing = useRef(true)
  const expected = useRef(0)
  useLayoutEffect(() => {
    isFollowing.current = true
  }, [session.follows])
  useLayoutEffect(() => {
    const element = host.current
    if (!element) return
    if (Math.abs(element.scrollTop - expected.current) > 1)
      isFollowing.current = element.scrollTop + element.clientHeight >= element.scrollHeight - 24
    if (isFollowing.current && isMoving) element.scrollTop = element.scrollHeight
    expected.current = element.scrollTop
  }, [position, isMoving])
}

const boxes = new WeakMap<Part, Boxes>()

/** Whether a part shows a box where one is in the stream. */
function hasBoxes(part: Part, { offset, hasEnded }: Moment): boolean {
  const found = boxes.get(part) ?? new Boxes()
  boxes.set(part, found)
  return found.firstIn(part.text) < (hasEnded ? part.text.length : lengthAt(part, offset))
}

function newestOf(parts: readonly Part[], offset: number): Part | undefined {
  const last = (part: Part): number =>
    part.pieces.findLast(({ known }) => known <= offset)?.known ?? part.known
  return parts.toSorted((one, other) => last(one) - last(other)).at(-1)
}

function unitsOf(parts: readonly Part[], { offset, hasEnded }: Moment): number {
  return parts.reduce(
    (sum, part) => sum + (hasEnded ? part.text.length : lengthAt(part, offset)),
    0,
  )
}

function jsonOf(message: unknown): string {
  const text = JSON.stringify(message, null, 2) ?? 'There is no message.'
  const more = text.length - MOST_JSON
  const end = more > 0 ? `\n… and ${formatCount(more)} characters, which are not shown` : ''
  return text.slice(0, MOST_JSON) + end
}

function numbersIn(usage: object, prefix = ''): [string, string][] {
  return Object.entries(usage).flatMap(([key, value]): [string, string][] => {
    if (typeof value === 'object' && value !== null) return numbersIn(value, `${prefix}${key}.`)
    if (value === null || value === undefined) return []
    const name = `${prefix}${key}`.replaceAll('_', ' ').replace(/(\w+) details\./, '')
    return [[name, typeof value === 'number' ? formatCount(value) : String(value)]]
  })
}

function nothingOf({ hasEnded, recording }: Moment): string {
  if (!hasEnded) return 'The message grows here, as the accumulator puts it together.'
  if (recording.tape.length === 0) return 'Nothing came.'
  if (recording.protocol === 'events')
    return 'These are plain events: there is no message to put together. They are under Events.'
  return 'There is no message in this stream.'
}
