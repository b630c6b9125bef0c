import type { Outcome } from '../stream/message-log.ts'
import { reasonInWords } from '../stream/standing.ts'
import { make, say } from './element.ts'
import type { Moment } from './moment.ts'
import { formatCount, plural } from './numbers.ts'

const NOTES: Readonly<Record<string, string>> = {
  'id-conflict':
    'A piece of a tool call came with another id: it was added to the call that its index names.',
  'name-conflict': 'A tool call was given a second name: the first one stands.',
  'glued-arguments': 'Behind the end of the arguments there is more: left as it came.',
  'orphan-fragment':
    'A piece of a tool call came before any call had begun: it became a call of its own.',
  'not-a-chunk': 'An event that is no object: left out.',
  'unknown-event': 'A named event that is no chunk: left out.',
  'glued-json': 'Several JSON documents in one event: read one after the other.',
  'cut-event': 'The stream broke off inside an event that is no whole JSON: left out.',
}

const MOST_ISSUES = 40

/** What the parser and the accumulator say of a stream, beside the message. */
export class DiagnosticsView {
  readonly #host: HTMLElement
  readonly #sum: HTMLElement
  #shown = ''

  constructor(host: HTMLElement, sum: HTMLElement) {
    this.#host = host
    this.#sum = sum
  }

  show(moment: Moment, outcome: Outcome): void {
    const blocks = [verdictBlock(moment, outcome), ...errorBlocks(outcome), ...noteBlocks(outcome)]
    const issues = issueBlocks(moment)
    blocks.push(parserBlock(moment), ...issues)
    const { dialect } = moment.recording.settings
    const isStrange = blocks.length > 2 || blocks.some((block) => block.querySelector('.t-bad'))
    say(this.#sum, `${dialectName(dialect)}${isStrange ? '' : ', nothing strange'}`)
    // The same again would only take the focus and the selection away.
    const text = blocks.map((block) => block.textContent).join('\n')
    if (text === this.#shown) return
    this.#shown = text
    this.#host.replaceChildren(...blocks)
  }

  clear(): void {
    this.#shown = ''
    this.#host.replaceChildren()
    say(this.#sum, '')
  }
}

function block(tone: string, title: string, code: string, ...sentences: string[]): HTMLElement {
  const heading = make('h3', '', make('i', `tessera t-${tone}`), title)
  if (code !== '') heading.append(make('code', '', code))
  return make('section', 'finding', heading, ...sentences.map((text) => make('p', '', text)))
}

function verdictBlock({ hasEnded }: Moment, { result, failure }: Outcome): HTMLElement {
  const when = hasEnded ? 'Verdict' : 'Were it to end here'
  if (!result) return block('bad', when, failure?.code ?? '', failure?.message ?? '')
  const { verdict } = result
  if (verdict.complete) return block('tool', `${when}: complete`, '')
  const sentence = `${reasonInWords(verdict.reason)}.`
  return block(
    hasEnded ? 'bad' : 'plain',
    `${when}: incomplete`,
    verdict.reason,
    sentence.charAt(0).toUpperCase() + sentence.slice(1),
  )
}

function errorBlocks({ result, failure }: Outcome): HTMLElement[] {
  const error = result?.verdict.error ?? failure?.error
  const blocks: HTMLElement[] = []
  if (error) {
    const found = block('bad', 'Error of the server', String(error.code ?? ''), error.message)
    const list = make('dl', 'fields')
    for (const name of ['type', 'param', 'status'] as const)
      if (error[name] !== undefined)
        list.append(make('dt', '', name), make('dd', '', String(error[name])))
    if (list.children.length > 0) found.append(list)
    blocks.push(found)
  }
  if (failure?.data !== undefined) {
    const found = block('bad', 'What could not be read', failure.code)
    found.append(make('pre', 'excerpt', failure.data.slice(0, 2000)))
    blocks.push(found)
  }
  return blocks
}

function noteBlocks({ result }: Outcome): HTMLElement[] {
  const { notes = [], partialToolCalls = [] } = result?.verdict ?? {}
  return [
    ...notes.map(({ code, count, choice, toolCall }) => {
      const where = [
        choice === undefined ? '' : `choice ${choice}`,
        toolCall === undefined ? '' : `tool call ${toolCall}`,
        count > 1 ? `${formatCount(count)} times` : '',
      ]
      const place = where.filter((text) => text !== '').join(', ')
      return block(
        'reasoning',
        'Note',
        code,
        NOTES[code] ?? '',
        ...(place === '' ? [] : [`${place}.`]),
      )
    }),
    ...partialToolCalls.map(({ choice, toolCall }) =>
      block(
        'reasoning',
        'A tool call that was cut',
        '',
        `Call ${toolCall} of choice ${choice}: do not run it. Its arguments stand as they came.`,
      ),
    ),
  ]
}

function parserBlock({ recording, offset, hasEnded }: Moment): HTMLElement {
  const { events, refusal } = recording
  if (hasEnded && refusal) return block('bad', 'Parser', refusal.code, refusal.message)
  if (events.failure && events.failure.known <= offset) {
    const { code, message, offset: at } = events.failure.error
    return block('bad', 'Parser', code, message, `At byte ${formatCount(at ?? 0)} of the stream.`)
  }
  if (!hasEnded || !events.verdict) return block('plain', 'Parser', '', 'Reading.')
  if (recording.tape.end?.how !== 'closed')
    return block(
      'bad',
      'Parser: the stream has no end',
      '',
      'What carried it stopped; what had come was read.',
    )
  if (events.verdict.complete)
    return block('tool', 'Parser: the stream ended between two events', '')
  const { bytes, fields } = events.verdict
  const had = fields.length > 0 ? `, with the fields ${fields.join(', ')}` : ''
  return block(
    'bad',
    'Parser: the stream ended inside an event',
    '',
    `${plural(bytes, 'byte')} of it had come${had}.`,
  )
}

/** What the schema finds wrong, each thing once. */
function issueBlocks({ recording, offset, hasEnded }: Moment): HTMLElement[] {
  const { issues } = recording.message
  const found = new Map<string, { count: number; first: number }>()
  for (const { message, chunk, known } of issues) {
    if (known > offset && !hasEnded) break
    const entry = found.get(message)
    if (entry) entry.count++
    else found.set(message, { count: 1, first: chunk })
  }
  if (found.size === 0) return []
  const list = make('ul', 'issues')
  for (const [message, { count, first }] of [...found].slice(0, MOST_ISSUES)) {
    const where =
      count === 1 ? `chunk ${first + 1}` : `${formatCount(count)} chunks, from ${first + 1}`
    list.append(make('li', '', message, make('span', 'where', where)))
  }
  const section = block(
    'comment',
    'Not as documented',
    '',
    'Held to the published schema, these chunks differ:',
  )
  section.append(list)
  return [section]
}

const DIALECTS: Readonly<Record<string, string>> = {
  '': 'chat completions',
  openai: 'chat completions',
  crucible: 'Crucible',
  cryptgpt: 'CryptGPT',
  yuhuan: 'Yuhuan Studio',
  sovereign: 'Sovereign EG',
  solidrust: 'SolidRust',
  messages: 'Messages API',
  gemini: 'Gemini API',
  responses: 'Responses API',
  events: 'other events',
  'llama-completion': 'llama.cpp’s own API',
}

function dialectName(dialect: string): string {
  return DIALECTS[dialect] ?? dialect
}
