import { finished } from '../errors.ts'
import { checkOptions, FUNCTION, type Kinds } from '../options.ts'
import type { ServerError } from '../server-error.ts'
import type {
  FinishedResponse,
  ResponseAccumulator,
  ResponseAccumulatorOptions,
  ResponseCursor,
  ResponseDelta,
  ResponseStreamEnd,
} from './accumulator-types.ts'
import { deltasBetween, remainder, textDelta, TOOL_CALLS } from './deltas.ts'
import { errorIn } from './event-error.ts'
import { type ListName, type Rule, ruleOf } from './event-table.ts'
import { type Item, type Part, PART_DONE, TEXT_DONE } from './item.ts'
import { Items } from './items.ts'
import { ResponseNotes } from './notes.ts'
import type { ModelResponse, OutputItem, ResponseUsage, TextAnnotation } from './types.ts'
import { endStatusOf, isPartial, verdictOn } from './verdict.ts'
import {
  copyOf,
  type Draft,
  isNothing,
  isWire,
  listIn,
  pieceOf,
  type Wire,
  wireIn,
} from './wire.ts'

const OPTIONS: Kinds = { onDelta: FUNCTION }

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
  checkOptions(options, OPTIONS)
  return new EventAccumulator<Response>(options)
}

/** The index of an event within a list of its item. */
const LABELS: Readonly<Record<ListName, string>> = {
  content: 'content_index',
  summary: 'summary_index',
  commands: 'command_index',
  output: 'command_index',
}

/** The text that an event is about: a field of a part, or of an item. */
interface Text {
  readonly item: Item
  readonly part: Part | undefined
  readonly field: string
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
    const { type, sequence_number: number } = event
    if (this.isOver) return this.notes.add('after-end')
    if (typeof number === 'number' && !this.countTo(number, type)) return
    const rule = ruleOf(type)
    if (rule?.does === 'grow') return this.#grow(event, rule)
    if (rule?.does === 'nothing') return
    this.generation++
    if (rule) this.#apply(event, rule)
    else this.#takeUnknown(event, type)
  }

  /** Follows the numbers of a stream. `false` if a resumed stream repeats an event. */
  countTo(number: number, type?: unknown): boolean {
    const last = this.#number
    if (type === 'response.created' && last !== undefined && number < last) {
      // All events come again from the first: the items are built anew.
      this.notes.add('replay')
      this.#items = new Items()
      this.#resumedAfter = undefined
    } else if (this.#resumedAfter !== undefined && number <= this.#resumedAfter) {
      this.notes.add('repeated')
      return false
    } else if (last !== undefined && number > last + 1) this.notes.add('gap')
    this.#number = number
    return true
  }

  /** What appends to the text that an event grows; `undefined` for an event that does anything else. */
  growthOf(event: Wire): ((piece: string) => void) | undefined {
    const rule = ruleOf(event['type'])
    if (rule?.does !== 'grow' || rule.list === 'output') return undefined
    const text = this.#textOf(event, rule)
    return (piece) => this.#append(text, piece)
  }

  #apply(event: Wire, rule: Rule): void {
    switch (rule.does) {
      case 'response':
        return this.#takeResponse(event, event['response'], rule)
      case 'error':
        this.error ??= errorIn(event, rule)
        return
      case 'open item':
      case 'close item':
        return this.#takeItem(event, rule.does === 'close item')
      case 'open part':
      case 'close part':
        return this.#takePart(event, rule)
      case 'end':
        return this.#end(event, rule)
      case 'annotate':
        return this.#annotate(event, rule)
      case 'state':
        return this.#setState(event, rule)
      case 'image':
        return this.#tell({
          type: 'image',
          item: this.#itemOf(event, rule.kinds).place,
          index: Number(event['partial_image_index'] ?? 0),
          base64: pieceOf(event['partial_image_b64']),
        })
      case 'audio':
      case 'audio-transcript':
        return this.#tell({ type: rule.does, delta: pieceOf(event['delta']) })
    }
  }

  /** An event with an unknown name, or none: a response, an error, or left out. */
  #takeUnknown(event: Wire, type: unknown): void {
    const { response, object, error } = event
    this.error ??= errorIn(event, undefined)
    if (isWire(response) || object === 'response') this.#takeResponse(event, response ?? event)
    else if (isNothing(error))
      if (typeof type === 'string') this.notes.add('unknown-event', type)
      else this.notes.add('not-an-event')
  }

  // The response

  #takeResponse(event: Wire, given: unknown, rule?: Rule): void {
    this.error ??= errorIn(event, rule)
    const response = wireIn(given)
    const { id, usage } = response
    const status = endStatusOf(event, rule)
    this.isOver = status !== undefined
    this.#fields = { ...this.#fields, ...response, ...(this.isOver && { status }) }
    if (typeof id === 'string') this.#id ??= id
    if (isWire(usage)) this.#tell({ type: 'usage', usage: usage as unknown as ResponseUsage })
    const output = listIn(response['output'])
    if (output.length > 0) this.#takeOutput(output)
    if (this.isOver) this.#tellEnd(true)
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

  #takeItem(event: Wire, isDone: boolean): void {
    const { item: wire, output_index: index } = event
    if (!isWire(wire)) return this.notes.add('not-an-event')
    const known = isDone ? this.#items.done(wire, index) : this.#items.added(wire, index)
    const item = known ?? this.#items.add({ type: wire['type'] }, index)
    item.wasAdded ||= !isDone
    const before = this.#onDelta && item.wire()
    item.replace(wire)
    this.#items.remember(item)
    if (known === undefined) this.#begin(item)
    if (before) this.#tellAll(deltasBetween(before, item.wire(), item.place))
    if (isDone) this.#close(item)
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
    this.#endCall(item, isPartial(value, true) !== undefined)
    this.#tell({ type: 'item-end', item: place, kind, value: copyOf(value) as OutputItem })
  }

  #endCall(item: Item, partial: boolean): void {
    if (TOOL_CALLS.includes(item.type))
      this.#tell({ type: 'tool-call-end', item: item.place, ...namesOf(item), partial })
  }

  /** The item of an event for a part or a text; a new one if none fits. */
  #itemOf(event: Wire, kinds: readonly string[]): Item {
    const known = this.#items.find(kinds, event)
    const { item_id: id, call_id, name, output_index: index } = event
    if (known) {
      known.fill('name', name)
      return known
    }
    const [type] = kinds
    const item = this.#items.add({ type, ...(type === 'message' && { role: 'assistant' }) }, index)
    for (const [field, value] of Object.entries({ id, call_id, name }))
      if (typeof value === 'string') item.fill(field, value)
    this.#items.remember(item)
    this.generation++
    this.#begin(item)
    return item
  }

  #setState(event: Wire, { kinds, state = '' }: Rule): void {
    const item = this.#items.find(kinds, event)
    item?.setState(state)
    if (item) this.#tell({ type: 'state', item: item.place, state })
  }

  // Parts and texts

  /** The text that an event grows or ends. */
  #textOf(event: Wire, { kinds, list, part, field }: Rule): Text {
    const item = this.#itemOf(event, kinds)
    const found = list && item.part(list, part, event[LABELS[list]], TEXT_DONE)
    return { item, part: found, field }
  }

  #grow(event: Wire, rule: Rule): void {
    const text = this.#textOf(event, rule)
    if (text.part?.hasGrown === false) {
      // Where there is another part, an event with its index may belong to it.
      text.part.hasGrown = true
      this.generation++
    }
    const { [rule.from]: given, logprobs } = event
    // The output of a command has two texts.
    if (rule.list === 'output')
      for (const [field, piece] of Object.entries(wireIn(given)))
        this.#append({ ...text, field }, pieceOf(piece))
    else this.#append(text, pieceOf(given))
    if (Array.isArray(logprobs)) text.part?.append('logprobs', logprobs)
  }

  #append(text: Text, piece: string): void {
    if (piece === '') return
    const wire = drafted(text)
    const grown = pieceOf(wire[text.field]) + piece
    wire[text.field] = grown
    // V8 keeps `a + b` as a pair. Reading a letter joins all pieces; doing it at each power of two keeps it cheap.
    this.#pieces++
    if ((this.#pieces & (this.#pieces - 1)) === 0) this.letter = grown.charCodeAt(0)
    if (this.#onDelta) this.#tellText(text, piece)
  }

  /** A text that is done: it replaces the streamed text, unless it is empty. */
  #end(event: Wire, rule: Rule): void {
    const text = this.#textOf(event, rule)
    const { [rule.from]: given, logprobs } = event
    const wire = isNothing(given) ? undefined : drafted(text)
    if (wire && given !== wire[text.field]) {
      const more = remainder(wire[text.field], given)
      wire[text.field] = pieceOf(given)
      this.#tellText(text, more)
    }
    const { part } = text
    if (part === undefined) return
    part.level = TEXT_DONE
    if (!isNothing(logprobs)) part.replace({ ...part.wire, logprobs })
  }

  /** A part that begins, or is whole. */
  #takePart(event: Wire, { does, kinds, list = 'content', part: type, from }: Rule): void {
    const [first, ...others] = listIn(event['output'])
    const given = event['part'] ?? first
    const wire: Wire = {
      ...(type !== '' && { type }),
      ...(from !== '' && { text: pieceOf(event[from]) }),
      ...wireIn(given),
    }
    const kind = String(wire['type'] ?? '')
    // Parts of both kinds of items have one event: a part of reasoning belongs to an item of reasoning first.
    const item = this.#itemOf(event, kind === 'reasoning_text' ? kinds.toReversed() : kinds)
    const label = event[LABELS[list]]
    const opens = does === 'open part'
    const part = opens ? item.opened(list, kind, label) : item.part(list, kind, label, PART_DONE)
    const field = kind === 'refusal' ? kind : 'text'
    const before = part.wire[field]
    if (opens) part.open(wire)
    else {
      if (isWire(given)) part.replace(wire)
      part.level = PART_DONE
    }
    this.#tellText({ item, part, field }, remainder(before, part.wire[field]))
    for (const more of others) if (isWire(more)) item.opened(list, '', more).open(more)
  }

  #annotate(event: Wire, { kinds }: Rule): void {
    const { annotation, content_index: label } = event
    if (!isWire(annotation)) return
    const item = this.#itemOf(event, kinds)
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

  #tellText({ item, part, field }: Text, piece: string): void {
    const kind = part ? part.type || field : item.type
    this.#tell(textDelta(kind, item.place, part?.position, piece))
  }

  #tell(delta: ResponseDelta | undefined): void {
    if (delta !== undefined) this.#onDelta?.(delta)
  }

  #tellAll(deltas: Iterable<ResponseDelta | undefined>): void {
    if (this.#onDelta) for (const delta of deltas) this.#tell(delta)
  }

  // The result

  snapshot(): Response {
    return copyOf(this.#response()) as Response
  }

  finish(end: ResponseStreamEnd = {}): FinishedResponse<Response> {
    if (this.#result) return this.#result
    if (!this.isOver) this.#tellEnd(false)
    const response = this.#response()
    const [output, items] = [this.#output, this.#items.inOrder()]
    const verdict = verdictOn(response, {
      ...end,
      isOver: this.isOver,
      error: this.error,
      notes: this.notes,
      isDone: (position) =>
        output
          ? wireIn(output[position])['status'] !== 'in_progress'
          : items[position]?.isDone === true,
    })
    return (this.#result = { response: response as Response, verdict })
  }

  /** Tells the end of the calls that the server has not closed, and how the response ended. */
  #tellEnd(isTerminal: boolean): void {
    if (!this.#onDelta) return
    const { status, incomplete_details: details } = this.#fields
    const isWhole = isTerminal && status === 'completed'
    for (const item of this.#items.inOrder())
      if (!item.isDone) this.#endCall(item, !isWhole || isPartial(item.wire(), true) !== undefined)
    if (!isTerminal) return
    const { reason } = wireIn(details)
    this.#tell({
      type: 'finish',
      status: String(status),
      reason: typeof reason === 'string' ? reason : undefined,
    })
  }

  #response(): Wire {
    const output = this.#output ?? this.#items.inOrder().map((item) => item.wire())
    return { ...this.#fields, output }
  }
}

/** The object that the text is a field of, to be changed. */
function drafted({ item, part, field }: Text): Draft {
  return part ? part.wire : item.own(field)
}

function namesOf(item: Item): { readonly id: string; readonly name: string } {
  return { id: String(item.field('call_id') ?? ''), name: String(item.field('name') ?? '') }
}
