import { createJsonReader } from '@tesserae/openai/json'
import { knownOf, lengthAt, type Part, stretchAt } from '../stream/message-log.ts'
import type { Recording } from '../stream/recording.ts'
import type { Pointing } from './bytes-view.ts'
import { make, say } from './element.ts'
import { GrownText } from './grown-text.ts'
import { effectOf, type Moment } from './moment.ts'
import { formatCount, plural } from './numbers.ts'
import { visible } from './visible.ts'

/** More of a message is not laid out. */
const MOST_JSON = 100_000

const NAMES = { content: 'Text', reasoning: 'Reasoning', refusal: 'Refusal' } as const

/** The message, as far as it has come. */
export class MessageView {
  readonly #host: HTMLElement
  readonly #sum: HTMLElement
  readonly #body = make('div', 'said-so-far')
  readonly #json = make('pre', 'whole-json')
  readonly #choices = new Map<number, ChoiceView>()
  readonly #usage = make('dl', 'usage')
  readonly #nothing = make('p', 'nothing')
  #usageShown: object | undefined
  #recording: Recording | undefined
  #moment: Moment | undefined
  #isFollowing = true
  #expected = 0

  constructor(host: HTMLElement, sum: HTMLElement, pointing: Pointing) {
    this.#host = host
    this.#sum = sum
    this.#json.hidden = true
    host.append(this.#body, this.#json)
    host.addEventListener('pointermove', (event) => pointing.hover(this.#entryAt(event)))
    host.addEventListener('pointerleave', () => pointing.hover(undefined))
    host.addEventListener('click', (event) => pointing.choose(this.#entryAt(event)))
    host.addEventListener(
      'scroll',
      () => {
        if (Math.abs(host.scrollTop - this.#expected) > 1)
          this.#isFollowing = host.scrollTop + host.clientHeight >= host.scrollHeight - 24
        this.#expected = host.scrollTop
      },
      { passive: true },
    )
  }

  show(moment: Moment): void {
    const { recording, offset, hasEnded } = moment
    if (recording !== this.#recording) this.#clear(recording)
    this.#moment = moment
    const { message } = recording
    const parts = message.parts.filter(({ known }) => known <= offset || hasEnded)
    const numbers = new Set(
      [...parts, ...message.finishes].flatMap((said) =>
        said.known <= offset || hasEnded ? [said.choice] : [],
      ),
    )
    for (const [number, choice] of this.#choices)
      if (!numbers.has(number)) {
        choice.element.remove()
        this.#choices.delete(number)
      }
    for (const number of [...numbers].toSorted((one, other) => one - other)) {
      let choice = this.#choices.get(number)
      if (!choice) {
        choice = new ChoiceView(number)
        this.#choices.set(number, choice)
      }
      const before = [...this.#choices.values()].filter((other) => other.number < number).length
      if (this.#body.children[before] !== choice.element)
        this.#body.insertBefore(choice.element, this.#body.children[before] ?? null)
      choice.show(
        moment,
        parts.filter((part) => part.choice === number),
        numbers.size > 1,
      )
    }
    this.#nothing.hidden = numbers.size > 0
    say(this.#nothing, nothingOf(moment))
    if (this.#nothing.parentElement !== this.#body) this.#body.append(this.#nothing)
    this.#showUsage(moment)
    say(this.#sum, sumOf(moment, parts))
    this.#light(moment)
    if (this.#isFollowing) this.#host.scrollTop = this.#host.scrollHeight
    this.#expected = this.#host.scrollTop
  }

  follow(): void {
    this.#isFollowing = true
  }

  /** Shows the message as JSON, or as it reads again. */
  showJson(isWanted: boolean): void {
    this.#json.hidden = !isWanted
    this.#body.hidden = isWanted
  }

  /** What the accumulator makes of what has come. */
  setJson(message: unknown): void {
    const text = JSON.stringify(message, null, 2) ?? 'There is no message.'
    const more = text.length - MOST_JSON
    const end = more > 0 ? `\n… and ${formatCount(more)} characters, which are not shown` : ''
    say(this.#json, text.slice(0, MOST_JSON) + end)
  }

  /** Brings what the lit event added into view. */
  reveal(): void {
    const { focus, recording } = this.#moment ?? {}
    if (!focus || !recording || this.#body.hidden) return
    for (const part of effectOf(recording, focus).parts) {
      const box = this.#choices
        .get(part.choice)
        ?.rangeOf(part, focus.known)
        ?.getBoundingClientRect()
      if (!box) continue
      const host = this.#host.getBoundingClientRect()
      if (box.top < host.top || box.bottom > host.bottom) {
        this.#isFollowing = false
        this.#host.scrollTop += box.top - host.top - host.height / 3
        this.#expected = this.#host.scrollTop
      }
      return
    }
  }

  #clear(recording: Recording): void {
    this.#recording = recording
    this.#choices.clear()
    this.#body.replaceChildren()
    this.#usageShown = undefined
    this.#isFollowing = true
  }

  #showUsage({ recording, offset, hasEnded }: Moment): void {
    const usage = recording.message.usages.findLast(
      ({ known }) => known <= offset || hasEnded,
    )?.usage
    this.#usage.hidden = !usage
    if (this.#body.lastElementChild !== this.#usage) this.#body.append(this.#usage)
    if (usage === this.#usageShown) return
    this.#usageShown = usage
    this.#usage.replaceChildren(...(usage ? numbersIn(usage) : []))
  }

  #light(moment: Moment): void {
    if (!('highlights' in CSS)) return
    const { focus, recording, offset, hasEnded } = moment
    const ranges: Range[] = []
    if (focus && (focus.known <= offset || hasEnded))
      for (const part of effectOf(recording, focus).parts) {
        const range = this.#choices.get(part.choice)?.rangeOf(part, focus.known)
        if (range) ranges.push(range)
      }
    CSS.highlights.set('added', new Highlight(...ranges))
  }

  #entryAt({ clientX, clientY }: MouseEvent): number | undefined {
    for (const choice of this.#choices.values()) {
      const known = choice.knownAt(clientX, clientY)
      if (known !== undefined) return this.#recording?.events.knownAt(known)?.index
    }
    return undefined
  }
}

class ChoiceView {
  readonly number: number
  readonly element = make('article', 'choice')
  readonly #heading = make('h3')
  readonly #finish = make('p', 'finish')
  readonly #parts = new Map<Part, PartView>()

  constructor(number: number) {
    this.number = number
    this.#heading.textContent = `Choice ${number}`
    this.element.append(this.#heading, this.#finish)
  }

  show(moment: Moment, parts: readonly Part[], isOneOfMany: boolean): void {
    const { recording, offset, hasEnded, isMoving } = moment
    this.#heading.hidden = !isOneOfMany
    for (const [part, view] of this.#parts)
      if (!parts.includes(part)) {
        view.element.remove()
        this.#parts.delete(part)
      }
    const finish = recording.message.finishes.findLast(
      ({ choice, known }) => choice === this.number && (known <= offset || hasEnded),
    )
    const newest = parts.reduce<Part | undefined>(
      (latest, part) => (lastKnown(part, offset) >= lastKnown(latest, offset) ? part : latest),
      undefined,
    )
    for (const part of parts) {
      let view = this.#parts.get(part)
      if (!view) {
        view = new PartView(part)
        this.#parts.set(part, view)
        this.element.insertBefore(view.element, this.#finish)
      }
      view.show(moment, isMoving && !finish && part === newest)
    }
    this.#finish.hidden = !finish
    say(this.#finish, finish ? `finish reason: ${finish.reason}` : '')
  }

  rangeOf(part: Part, known: number): Range | undefined {
    const stretch = stretchAt(part, known)
    return stretch && this.#parts.get(part)?.text.rangeOf(stretch.from, stretch.to)
  }

  knownAt(x: number, y: number): number | undefined {
    for (const [part, { text }] of this.#parts) {
      const unit = text.unitAt(x, y)
      if (unit !== undefined) return knownOf(part, unit)
    }
    return undefined
  }
}

class PartView {
  readonly element: HTMLElement
  readonly text: GrownText
  readonly #part: Part
  readonly #state = make('span', 'state')
  readonly #read = make('pre', 'read')
  /** The arguments so far, and how much of them was read. */
  #reader = createJsonReader()
  #readLength = 0

  constructor(part: Part) {
    this.#part = part
    const isCall = part.type === 'tool-call'
    const tone = isCall ? 'tool' : part.type
    this.element = make('section', `part t-${tone}`)
    this.text = new GrownText(isCall ? 'arguments' : 'text')
    if (!isCall) this.text.element.dir = 'auto'
    const title = isCall ? visible(part.name ?? '') : NAMES[part.type as keyof typeof NAMES]
    const heading = make('h4', '', make('i', `tessera t-${tone}`), make('span', 'title', title))
    if (isCall) heading.append(make('span', 'id', visible(part.id ?? '')), this.#state)
    this.element.append(heading, this.text.element)
    if (isCall) this.element.append(this.#read)
  }

  show({ recording, offset, hasEnded }: Moment, isGrowing: boolean): void {
    const part = this.#part
    const length = hasEnded ? part.text.length : lengthAt(part, offset)
    this.text.show(part.text, length)
    this.text.element.classList.toggle('growing', isGrowing)
    if (part.type !== 'tool-call') return
    if (length < this.#readLength) {
      this.#reader = createJsonReader()
      this.#readLength = 0
    }
    if (length > this.#readLength) this.#reader.push(part.text.slice(this.#readLength, length))
    this.#readLength = length
    const end = hasEnded ? recording.message.toolEnds.find((end) => end.part === part) : undefined
    const { state, value } = this.#reader
    say(this.#state, end?.partial ? 'cut: not to be run' : STATES[state])
    this.#state.className = `state ${end?.partial ? 'cut' : state}`
    say(this.#read, value === undefined ? '' : readable(value))
    this.#read.hidden = value === undefined
  }
}

const STATES = {
  empty: 'no arguments yet',
  open: 'being written',
  complete: 'whole',
  invalid: 'no JSON',
} as const

function lastKnown(part: Part | undefined, offset: number): number {
  if (!part) return -1
  return part.pieces.findLast(({ known }) => known <= offset)?.known ?? part.known
}

/** A value, one key a line. */
function readable(value: unknown): string {
  return JSON.stringify(value, null, 2).slice(0, 20_000)
}

function numbersIn(usage: object, prefix = ''): HTMLElement[] {
  return Object.entries(usage).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null) return numbersIn(value, `${prefix}${key}.`)
    if (value === null || value === undefined) return []
    const name = `${prefix}${key}`.replaceAll('_', ' ').replace(/(\w+) details\./, '')
    return [
      make('dt', '', name),
      make('dd', '', typeof value === 'number' ? formatCount(value) : String(value)),
    ]
  })
}

function nothingOf({ hasEnded, recording }: Moment): string {
  if (hasEnded && recording.tape.length === 0) return 'Nothing came.'
  if (hasEnded) return 'No message was in it.'
  return 'Nothing yet.'
}

function sumOf({ offset, hasEnded }: Moment, parts: readonly Part[]): string {
  let units = 0
  for (const part of parts) units += hasEnded ? part.text.length : lengthAt(part, offset)
  return plural(units, 'character')
}
