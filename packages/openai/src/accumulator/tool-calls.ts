import { type Cell, Fields, isEmpty, isWire, Text, textOf, type Wire } from './cells.ts'
import { JsonProgress } from './json-progress.ts'
import { toolBodyRules, toolCallRules } from './rules.ts'

// Which call a fragment belongs to. The first line that applies decides; "ended" means that the brackets of the
// arguments have closed.
//
//   index   id              name, state                    belongs to
//   ------  --------------  -----------------------------  ------------------------------------------------
//   known   that call's     -                              the call with the index
//   known   none            another name, and it ended     a new call
//   known   none            otherwise                      the call with the index
//   known   another         a name, or it ended            a new call: the server does not count
//   known   another         no name, and it is open        the call with the index; note `id-conflict`
//   new     of a call       the call came without index    that call, which takes the index
//   new     -               -                              a new call
//   none    of a call       -                              that call
//   none    new             a name, or the last ended      a new call
//   none    new             no name, the last is open      the last call; note `id-conflict`
//   none    none            a name, not that of an open    a new call
//                           last call
//   none    none            otherwise                      the last call
//
// A fragment that finds no call begins one. Nothing is left out, and nothing is taken apart: `{…}{…}` in one call stays.

/** What is told about tool calls while they come. */
export interface ToolCallListener {
  began(position: number, call: ToolCallState): void
  grew(position: number, piece: string): void
  note(code: 'id-conflict' | 'name-conflict' | 'orphan-fragment', position: number): void
}

/** One call, as far as it has come. */
export class ToolCallState {
  id = ''
  name = ''
  slot: number | undefined
  kind: 'function' | 'custom' = 'function'
  /** Its arguments, or the input of a custom tool. */
  readonly text: Text = new Text()
  readonly progress: JsonProgress = new JsonProgress()
  /** Whether `began` has been told. */
  announced = false
  readonly fields: Fields = new Fields(toolCallRules)
  readonly body: Fields = new Fields(toolBodyRules)

  get(): object {
    const body = this.body.put({ name: this.name })
    const text = this.text.get() ?? ''
    return this.fields.put({
      id: this.id,
      type: this.kind,
      [this.kind]: Object.assign(body, { [this.kind === 'custom' ? 'input' : 'arguments']: text }),
    })
  }

  /** Whether a function's arguments have begun and not ended. */
  get isOpen(): boolean {
    return this.kind === 'function' && this.progress.state === 'open'
  }

  get hasEnded(): boolean {
    return this.progress.state === 'closed' || this.progress.state === 'glued'
  }

  /** Whether something may be missing, given that the server was cut, or was not. */
  isPartial(wasCut: boolean): boolean {
    return this.isOpen || (wasCut && (this.kind === 'custom' || !this.hasEnded))
  }
}

/** The calls of one choice. */
export class ToolCalls implements Cell {
  readonly calls: ToolCallState[] = []
  readonly #bySlot = new Map<number, ToolCallState>()
  readonly #byId = new Map<string, ToolCallState>()
  readonly #positions = new Map<ToolCallState, number>()
  #last: ToolCallState | undefined
  readonly #listener: ToolCallListener

  constructor(listener: ToolCallListener) {
    this.#listener = listener
  }

  add(value: unknown): void {
    for (const entry of Array.isArray(value) ? value : [value]) if (isWire(entry)) this.#take(entry)
  }

  get(): object[] | undefined {
    return this.calls.length === 0 ? undefined : this.inOrder().map((call) => call.get())
  }

  /** In the order of their indexes, where these tell the calls apart; in order of arrival, where they do not. */
  inOrder(): readonly ToolCallState[] {
    if (this.#bySlot.size < this.calls.length) return this.calls
    return this.calls.toSorted((one, other) => (one.slot ?? 0) - (other.slot ?? 0))
  }

  #take(entry: Wire): void {
    const kind = isWire(entry['custom']) ? 'custom' : 'function'
    const body = isWire(entry[kind]) ? entry[kind] : {}
    const id = isEmpty(entry['id']) ? '' : textOf(entry['id'])
    const name = textOf(body['name'])
    const slot = slotOf(entry['index'])
    const call = this.#find(slot, id, name) ?? this.#begin(slot, id, name)
    const position = this.#positions.get(call) ?? 0
    this.#last = call

    if (entry[kind] !== undefined || entry['type'] === 'custom')
      call.kind = entry['type'] === 'custom' ? 'custom' : kind
    if (call.slot === undefined && slot !== undefined) this.#bySlot.set((call.slot = slot), call)
    if (call.id === '' && id !== '') this.#byId.set((call.id = id), call)
    this.#rename(call, name, position)
    call.fields.add(entry)
    call.body.add(body)

    const piece = textOf(body[call.kind === 'custom' ? 'input' : 'arguments'])
    if (!call.announced && (call.name !== '' || piece !== '')) {
      call.announced = true
      this.#listener.began(position, call)
    }
    if (piece !== '') this.grow(call, piece)
  }

  /** Adds to the arguments of a call. */
  grow(call: ToolCallState, piece: string): void {
    call.text.append(piece)
    call.progress.add(piece)
    this.#listener.grew(this.#positions.get(call) ?? 0, piece)
  }

  /** The call that a fragment with this index, id and name goes on with, if it has nothing new but arguments. */
  continued(slot: number, id: string, name: string): ToolCallState | undefined {
    const call = this.#bySlot.get(slot)
    if (call === undefined || call.kind === 'custom' || !call.announced) return undefined
    return (id === '' || id === call.id) && (name === '' || name === call.name) ? call : undefined
  }

  /** The last fragment was one of this call. */
  turnTo(call: ToolCallState): void {
    this.#last = call
  }

  #find(slot: number | undefined, id: string, name: string): ToolCallState | undefined {
    if (slot !== undefined) {
      const call = this.#bySlot.get(slot)
      if (call === undefined) {
        const named = this.#byId.get(id)
        return named?.slot === undefined ? named : undefined
      }
      if (id === '') return name !== '' && name !== call.name && call.hasEnded ? undefined : call
      if (id === call.id || call.id === '') return call
      return name !== '' || call.hasEnded ? undefined : this.#inConflict(call)
    }
    if (id !== '') {
      const call = this.#byId.get(id)
      if (call !== undefined) return call
      return name === '' && this.#last?.isOpen ? this.#inConflict(this.#last) : undefined
    }
    if (name === '' || (name === this.#last?.name && this.#last.isOpen)) return this.#last
    return undefined
  }

  #inConflict(call: ToolCallState): ToolCallState {
    this.#listener.note('id-conflict', this.#positions.get(call) ?? 0)
    return call
  }

  #begin(slot: number | undefined, id: string, name: string): ToolCallState {
    const call = new ToolCallState()
    const position = this.calls.push(call) - 1
    this.#positions.set(call, position)
    if (slot !== undefined) this.#bySlot.set(slot, call)
    call.slot = slot
    if (slot === undefined && id === '' && name === '')
      this.#listener.note('orphan-fragment', position)
    return call
  }

  /** A name may come late, again, or in pieces, the last of these only before the arguments. */
  #rename(call: ToolCallState, name: string, position: number): void {
    if (name === '' || name === call.name) return
    if (call.name === '' || (call.progress.state === 'empty' && !call.text.value)) call.name += name
    else this.#listener.note('name-conflict', position)
  }
}

/** Some servers write the index as a string; -1, null and nothing are none. */
function slotOf(index: unknown): number | undefined {
  const slot = typeof index === 'string' && index !== '' ? Number(index) : index
  return Number.isSafeInteger(slot) && Number(slot) >= 0 ? Number(slot) : undefined
}
