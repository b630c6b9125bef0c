import { finished } from '../errors.ts'
import type { ServerError } from '../server-error.ts'
import type {
  FinishedResponse,
  ResponseAccumulator,
  ResponseAccumulatorOptions,
  ResponseCursor,
  ResponseDelta,
  ResponseStreamEnd,
} from './accumulator-types.ts'
import { deltasBetween, fieldDelta, partDelta, remainder, TOOL_CALLS } from './deltas.ts'
import { errorIn } from './event-error.ts'
import {
  type FieldName,
  type GrowField,
  type GrowPart,
  type ListName,
  type Rule,
  ruleOf,
} from './event-table.ts'
import { type Item, type Part, PART_DONE, TEXT_DONE } from './item.ts'
import { Items } from './items.ts'
import { ResponseNotes } from './notes.ts'
import type { ModelResponse, OutputItem, ResponseUsage, TextAnnotation } from './types.ts'
import { endStatusOf, isPartial, verdictOn } from './verdict.ts'
import { copyOf, isNothing, isWire, listIn, pieceOf, type Wire } from './wire.ts'

/**
 * Creates an accumulator: events in, the response that the server would have returned without streaming out.
 *
 * @param options - a callback for what each event adds
 *
 * @example
 * ```ts
 * import { createAccumulator } from '@tesserae/openai/responses/accumulator'
 *
 * const accumulator = createAccumulator()
 * const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] }
 * accumulator.push({ type: 'response.output_item.added', output_index: 0, item })
 * accumulator.push({ type: 'response.output_text.delta', item_id: 'msg_1', content_index: 0, delta: 'Hi' })
 * accumulator.snapshot().output[0] // => { ...item, content: [{ type: 'output_text', text: 'Hi' }] }
 * accumulator.finish().verdict.reason // => 'no-end'
 * ```
 */
export function createAccumulator<Response = ModelResponse>(
  options: ResponseAccumulatorOptions = {},
): ResponseAccumulator<Response> {
  return new EventAccumulator<Response>(options)
}

/** The index of an event within a list of its item. */
const LABELS: Readonly<Record<ListName, string>> = {
  content: 'content_index',
  summary: 'summary_index',
  commands: 'command_index',
  output: 'command_index',
}

/** The accumulator, with what only this package uses of it. */
export class EventAccumulator<Response = ModelResponse> implements ResponseAccumulator<Response> {
  readonly notes: ResponseNotes = new ResponseNotes()
  error: ServerError | undefined
  /** A terminal event came: its response ends the stream. */
  isOver = false
  /** Grows with each event that may change where the next one belongs. */
  generation = 0
  readonly #onDelta: ((delta: ResponseDelta) => void) | undefined
  /** The fields of the response, each as it was given last. */
  #fields: Wire = {}
  #items = new Items()
  /** The output of the terminal event, if it has one: it is the response's. */
  #output: readonly unknown[] | undefined
  /** The first id: some servers give each event another one. */
  #id: string | undefined
  /** The last `sequence_number`. */
  #number: number | undefined
  /** Events up to this number were read before the stream was resumed. */
  #resumedAfter: number | undefined
  #pieces = 0
  /** Read once in a while, so that V8 joins the pieces of a text in memory. */
  letter = 0
  #result: FinishedResponse<Response> | undefined

  constructor(options: ResponseAccumulatorOptions) {
    this.#onDelta = options.onDelta
  }

  get cursor(): ResponseCursor | undefined {
    const [responseId, after] = [this.#id, this.#number]
    return this.isOver || responseId === undefined || after === undefined
      ? undefined
      : { responseId, after }
  }

  /** The stream goes on after the cursor: events that it repeats are left out. */
  resume(): void {
    this.#resumedAfter = this.#number
  }

  push(event: unknown): void {
    if (this.#result) throw finished()
    if (!isWire(event)) return this.notes.add('not-an-event')
    const type = event['type']
    if (this.isOver) return this.notes.add('after-end')
    if (!this.#count(event['sequence_number'], type)) return
    const rule = typeof type === 'string' ? ruleOf(type) : undefined
    if (rule) this.#apply(event, rule)
    else this.#takeUnknown(event, type)
  }

  /** Follows the numbers of a stream. `false` if a resumed stream repeats an event. */
  #count(number: unknown, type: unknown): boolean {
    if (typeof number !== 'number') return true
    const last = this.#number
    if (type === 'response.created' && last !== undefined && number < last) this.#restart()
    else if (this.#resumedAfter !== undefined && number <= this.#resumedAfter) {
      this.notes.add('repeated')
      return false
    } else if (last !== undefined && number > last + 1) this.notes.add('gap')
    this.#number = number
    return true
  }

  /** Counts an event that was read without being parsed. `false` if it was read before. */
  countTo(number: number): boolean {
    return this.#count(number, undefined)
  }

  /** What appends to the text that an event grows; `undefined` for an event that does anything else. */
  growthOf(event: Wire): ((text: string) => void) | undefined {
    const rule = ruleOf(String(event['type']))
    if (rule?.does === 'grow field') {
      const item = this.#itemOf(event, rule.kinds)
      return (text) => this.#appendTo(item, rule.field, text)
    }
    if (rule?.does !== 'grow part' || rule.list === 'output') return undefined
    const item = this.#itemOf(event, rule.kinds)
    const part = item.part(rule.list, rule.part, event[LABELS[rule.list]], TEXT_DONE)
    return (text) => this.#append(item, part, rule.field, text)
  }

  /** All events come again from the first: the items are built anew. */
  #restart(): void {
    this.notes.add('replay')
    this.#items = new Items()
    this.#resumedAfter = undefined
  }

  #apply(event: Wire, rule: Rule): void {
    switch (rule.does) {
      case 'grow part':
        return this.#growPart(event, rule)
      case 'grow field':
        return this.#growField(event, rule)
      case 'nothing':
        return
    }
    this.generation++
    switch (rule.does) {
      case 'lifecycle':
        return this.#takeResponse(event, event['response'], rule)
      case 'error':
        this.error ??= errorIn(event, rule)
        return
      case 'open item':
        return this.#openItem(event)
      case 'close item':
        return this.#closeItem(event)
      case 'open part':
        return this.#openPart(event, rule.kinds, rule.list, rule.part)
      case 'close part':
        return this.#closePart(event, rule.kinds, rule.list, rule.part)
      case 'end part':
        return this.#endPart(event, rule)
      case 'end field':
        return this.#endField(event, rule)
      case 'annotate':
        return this.#annotate(event, rule.kinds)
      case 'state':
        return this.#setState(event, rule.kinds, rule.state)
      case 'image':
        return this.#handOnImage(event, rule.kinds)
      case 'audio':
      case 'audio-transcript':
        return this.#tell({ type: rule.does, delta: pieceOf(event['delta']) })
    }
  }

  /** An event with an unknown name, or none: a response, an error, or left out. */
  #takeUnknown(event: Wire, type: unknown): void {
    this.generation++
    this.error ??= errorIn(event, undefined)
    if (isWire(event['response'])) this.#takeResponse(event, event['response'])
    else if (event['object'] === 'response') this.#takeResponse(event, event)
    else if (isNothing(event['error']))
      if (typeof type === 'string') this.notes.add('unknown-event', type)
      else this.notes.add('not-an-event')
  }

  // The response

  #takeResponse(event: Wire, response: unknown, rule?: Rule): void {
    this.error ??= errorIn(event, rule)
    if (isWire(response)) {
      this.#fields = { ...this.#fields, ...response }
      if (typeof response['id'] === 'string') this.#id ??= response['id']
      if (isWire(response['usage']))
        this.#tell({ type: 'usage', usage: response['usage'] as unknown as ResponseUsage })
    }
    const status = endStatusOf(event, rule)
    this.isOver = status !== undefined
    if (this.isOver) this.#fields = { ...this.#fields, status }
    const output = isWire(response) ? listIn(response['output']) : []
    if (output.length > 0) this.#takeOutput(output)
    if (this.isOver) this.#end(true)
  }

  /** A whole output. The terminal one is the response's; an earlier one is a state to go on from. */
  #takeOutput(output: readonly unknown[]): void {
    if (this.isOver) this.#output = output
    if (this.isOver && !this.#onDelta) return
    const known = this.#items
    if (!this.isOver) this.#items = new Items()
    for (const [position, wire] of output.entries()) {
      if (!isWire(wire)) continue
      const before = known.inOutput(wire, position)
      const item = this.isOver && before ? before : this.#items.add(wire, position)
      if (before === undefined) this.#begin(item)
      if (before?.isDone) item.isDone = true
      else this.#tellAll(deltasBetween(before?.wire() ?? {}, wire, item.place))
      if (this.isOver && !item.isDone) {
        item.replace(wire)
        this.#close(item)
      }
    }
  }

  // Items

  #openItem(event: Wire): void {
    const wire = event['item']
    if (!isWire(wire)) return this.notes.add('not-an-event')
    const known = this.#items.added(wire, event['output_index'])
    const item = known ?? this.#items.add({ type: wire['type'] }, event['output_index'])
    item.wasAdded = true
    const before = this.#onDelta && item.wire()
    item.replace(wire)
    this.#items.remember(item)
    if (known === undefined) this.#begin(item)
    if (before) this.#tellAll(deltasBetween(before, item.wire(), item.place))
  }

  #closeItem(event: Wire): void {
    const wire = event['item']
    if (!isWire(wire)) return this.notes.add('not-an-event')
    let item = this.#items.done(wire, event['output_index'])
    const isNew = item === undefined
    item ??= this.#items.add({ type: wire['type'] }, event['output_index'])
    const before = this.#onDelta && item.wire()
    item.replace(wire)
    this.#items.remember(item)
    if (isNew) this.#begin(item)
    if (before) this.#tellAll(deltasBetween(before, item.wire(), item.place))
    this.#close(item)
  }

  #begin(item: Item): void {
    const { place, type: kind } = item
    this.#tell({ type: 'item-begin', item: place, kind })
    if (TOOL_CALLS.includes(kind))
      this.#tell({ type: 'tool-call-begin', item: place, ...namesOf(item) })
  }

  #close(item: Item): void {
    if (item.isDone) return
    item.isDone = true
    if (!this.#onDelta) return
    const { place, type: kind } = item
    const value = item.wire()
    if (TOOL_CALLS.includes(kind))
      this.#tell({
        type: 'tool-call-end',
        item: place,
        ...namesOf(item),
        partial: isPartial(value, true) !== undefined,
      })
    this.#tell({
      type: 'item-end',
      item: place,
      kind,
      value: copyOf(value) as unknown as OutputItem,
    })
  }

  /** The item of an event for a part or a text; a new one if none fits. */
  #itemOf(event: Wire, kinds: readonly string[]): Item {
    const known = this.#items.find(kinds, event)
    if (known) {
      known.fill('name', event['name'])
      return known
    }
    const type = kinds[0] ?? ''
    const { item_id: id, call_id: call, name } = event
    const item = this.#items.add(
      {
        type,
        ...(typeof id === 'string' && { id }),
        ...(typeof call === 'string' && { call_id: call }),
        ...(typeof name === 'string' && { name }),
        ...(type === 'message' && { role: 'assistant' }),
      },
      event['output_index'],
    )
    this.generation++
    this.#begin(item)
    return item
  }

  #setState(event: Wire, kinds: readonly string[], state: string): void {
    const item = this.#items.find(kinds, event)
    if (item === undefined) return
    item.setState(state)
    this.#tell({ type: 'state', item: item.place, state })
  }

  #handOnImage(event: Wire, kinds: readonly string[]): void {
    this.#tell({
      type: 'image',
      item: this.#itemOf(event, kinds).place,
      index: Number(event['partial_image_index'] ?? 0),
      base64: pieceOf(event['partial_image_b64']),
    })
  }

  // Parts and texts

  #growPart(event: Wire, rule: GrowPart): void {
    const item = this.#itemOf(event, rule.kinds)
    const part = item.part(rule.list, rule.part, event[LABELS[rule.list]], TEXT_DONE)
    const { [rule.from]: given, logprobs } = event
    if (rule.list === 'output') return this.#growOutput(item, part, given)
    this.#append(item, part, rule.field, pieceOf(given))
    if (Array.isArray(logprobs)) part.append('logprobs', logprobs)
  }

  #append(item: Item, part: Part, field: string, piece: string): void {
    if (piece === '') return
    const text = pieceOf(part.wire[field]) + piece
    part.wire[field] = text
    this.#flatten(text)
    if (this.#onDelta) this.#tell(partDelta(part.type, item.place, part.position, piece))
  }

  #growOutput(item: Item, part: Part, given: unknown): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const delta = isWire(given) ? pieceOf(given[stream]) : ''
      if (delta === '') continue
      part.wire[stream] = pieceOf(part.wire[stream]) + delta
      this.#tell({ type: stream, item: item.place, part: part.position, delta })
    }
  }

  #growField(event: Wire, rule: GrowField): void {
    this.#appendTo(this.#itemOf(event, rule.kinds), rule.field, pieceOf(event[rule.from]))
  }

  #appendTo(item: Item, field: FieldName, piece: string): void {
    if (piece === '') return
    const text = pieceOf(item.text(field)) + piece
    item.setText(field, text)
    this.#flatten(text)
    if (this.#onDelta) this.#tell(fieldDelta(item.type, field, item.place, piece))
  }

  /** A text that is done: it replaces the streamed text, unless it is empty. */
  #endPart(event: Wire, rule: GrowPart): void {
    const item = this.#itemOf(event, rule.kinds)
    const part = item.part(rule.list, rule.part, event[LABELS[rule.list]], TEXT_DONE)
    const { [rule.from]: given, logprobs } = event
    if (!isNothing(given)) {
      const more = remainder(part.wire[rule.field], given)
      if (part.wire[rule.field] !== given) part.wire[rule.field] = pieceOf(given)
      this.#tell(partDelta(part.type, item.place, part.position, more))
    }
    if (!isNothing(logprobs)) part.set('logprobs', logprobs)
    part.level = TEXT_DONE
  }

  #endField(event: Wire, rule: GrowField): void {
    const item = this.#itemOf(event, rule.kinds)
    const given = event[rule.from]
    if (isNothing(given) || given === item.text(rule.field)) return
    const more = remainder(item.text(rule.field), given)
    item.setText(rule.field, pieceOf(given))
    this.#tell(fieldDelta(item.type, rule.field, item.place, more))
  }

  #openPart(event: Wire, kinds: readonly string[], list: ListName, type: string): void {
    const given = event['part']
    const wire: Wire = isWire(given)
      ? { type, ...given }
      : { type, ...(list === 'commands' && { text: pieceOf(event['command']) }) }
    const item = this.#itemOf(event, kindsOf(wire, kinds))
    const part = item.openPart(list, wire, event[LABELS[list]])
    this.#tellPart(item, part, '')
  }

  #closePart(event: Wire, kinds: readonly string[], list: ListName, type: string): void {
    const [first, ...others] = listIn(event['output'])
    const given = list === 'output' ? first : event['part']
    const wire: Wire = isWire(given) ? given : {}
    const item = this.#itemOf(event, kindsOf(wire, kinds))
    const part = item.part(list, String(wire['type'] ?? type), event[LABELS[list]], PART_DONE)
    const before = part.wire[fieldOf(part)]
    if (isWire(given)) part.replace(type === '' ? wire : { type, ...wire })
    part.level = PART_DONE
    this.#tellPart(item, part, before)
    for (const more of others) if (isWire(more)) item.openPart(list, more, undefined)
  }

  #tellPart(item: Item, part: Part, before: unknown): void {
    if (!this.#onDelta) return
    const more = remainder(before, part.wire[fieldOf(part)])
    this.#tell(partDelta(part.type, item.place, part.position, more))
  }

  #annotate(event: Wire, kinds: readonly string[]): void {
    const { annotation } = event
    if (!isWire(annotation)) return
    const item = this.#itemOf(event, kinds)
    const label = event['content_index']
    // Without an index, an annotation may come after the text that it annotates.
    const level = label === undefined ? PART_DONE : TEXT_DONE
    const part = item.part('content', 'output_text', label, level)
    part.append('annotations', [annotation])
    this.#tell({
      type: 'annotation',
      item: item.place,
      part: part.position,
      annotation: annotation as TextAnnotation,
    })
  }

  /** V8 keeps `a + b` as a pair. Reading a letter joins all pieces; doing it at each power of two keeps it cheap. */
  #flatten(text: string): void {
    this.#pieces++
    if ((this.#pieces & (this.#pieces - 1)) === 0) this.letter = text.charCodeAt(0)
  }

  #tell(delta: ResponseDelta | undefined): void {
    if (delta !== undefined) this.#onDelta?.(delta)
  }

  #tellAll(deltas: Iterable<ResponseDelta>): void {
    if (this.#onDelta) for (const delta of deltas) this.#onDelta(delta)
  }

  // The result

  snapshot(): Response {
    return copyOf(this.#response()) as Response
  }

  finish(end: ResponseStreamEnd = {}): FinishedResponse<Response> {
    if (this.#result) return this.#result
    if (!this.isOver) this.#end(false)
    const response = this.#response()
    const [output, items] = [this.#output, this.#items.inOrder()]
    const isDone = (position: number): boolean =>
      output ? !isOpen(output[position]) : items[position]?.isDone === true
    const verdict = verdictOn(response, {
      ...end,
      isOver: this.isOver,
      error: this.error,
      notes: this.notes,
      isDone,
    })
    return (this.#result = { response: response as Response, verdict })
  }

  /** Tells the end of the calls that the server has not closed, and how the response ended. */
  #end(isTerminal: boolean): void {
    if (!this.#onDelta) return
    const isWhole = isTerminal && this.#fields['status'] === 'completed'
    for (const item of this.#items.inOrder())
      if (!item.isDone && TOOL_CALLS.includes(item.type)) {
        const partial = !isWhole || isPartial(item.wire(), isWhole) !== undefined
        this.#tell({ type: 'tool-call-end', item: item.place, ...namesOf(item), partial })
      }
    if (!isTerminal) return
    const details = this.#fields['incomplete_details']
    const reason = isWire(details) ? details['reason'] : undefined
    this.#tell({
      type: 'finish',
      status: String(this.#fields['status']),
      reason: typeof reason === 'string' ? reason : undefined,
    })
  }

  #response(): Wire {
    const output = this.#output ?? this.#items.inOrder().map((item) => item.wire())
    return { ...this.#fields, output }
  }
}

/** Parts of both kinds of items have one event: a part of reasoning belongs to an item of reasoning first. */
function kindsOf(part: Wire, kinds: readonly string[]): readonly string[] {
  return part['type'] === 'reasoning_text' ? kinds.toReversed() : kinds
}

function isOpen(item: unknown): boolean {
  return isWire(item) && item['status'] === 'in_progress'
}

function fieldOf(part: Part): string {
  return part.type === 'refusal' ? 'refusal' : 'text'
}

function namesOf(item: Item): { readonly id: string; readonly name: string } {
  return { id: String(item.field('call_id') ?? ''), name: String(item.field('name') ?? '') }
}
