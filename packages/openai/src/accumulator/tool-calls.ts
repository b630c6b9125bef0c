import { isEmpty, isWire, setField, textOf, type Wire, wireIn } from '../wire.ts'
import { Fields } from './fields.ts'
import { JsonProgress } from './json-progress.ts'
import type { NoteCode } from './notes.ts'
import { toolBodyRules, toolCallRules } from './rules.ts'
import { Text } from './text.ts'

// Which call a fragment belongs to. The first line that applies decides.
//
//   index   id              name, state                    belongs to
//   ------  --------------  -----------------------------  ------------------------------------------------
//   known   that call's     -                              the call with the index
//   known   another call's  -                              the call with the id
//   known   new             a name, or it ended            a new call: the server does not count
//   known   new             no name, and it is open        the call with the index; note `id-conflict`
//   known   none            it begins a call               a new call: the server does not count
//   known   none            otherwise                      the call with the index
//   new     of a call       the call came without index    that call, which takes the index
//   new     -               -                              a new call
//   none    of a call       -                              that call
//   none    new             a name, or the last ended      a new call
//   none    new             no name, the last is open      the last call; note `id-conflict`
//   none    none            a name, not that of an open    a new call
//                           last call
//   none    none            otherwise                      the last call
//
// A call is "open" while the brackets of its arguments are, and has "ended" when they have closed. A fragment without an
// id "begins a call" if it has a name and
//   - the call has ended, and has another name; or it has this name and no id, no fragment has repeated the name before, and
//     this one has arguments of its own; or
//   - the call has no id either, is not open, and was named by an earlier fragment of the same delta, or has another name
//     and no arguments yet; and the fragment has a `type` or arguments of its own.
// A call that has no id yet takes the first id that comes, unless the fragment begins a call.
//
// A fragment that finds no call begins one. No fragment is dropped, and none is taken apart: `{…}{…}` in one call stays.

/** Receives what happens to tool calls. */
export interface ToolCallListener {
  toolCallBegan(call: ToolCallState): void
  toolCallGrew(call: ToolCallState, piece: string): void
  toolCallNoted(code: NoteCode, call: ToolCallState): void
}

/** What the resolver reads of a fragment. */
interface Fragment {
  readonly slot: number | undefined
  readonly id: string
  readonly name: string
  readonly hasType: boolean
  readonly piece: string
}

/** One call while it accumulates. */
export class ToolCallState {
  /** Its place in the order of arrival. */
  readonly number: number
  id = ''
  name = ''
  type = ''
  slot: number | undefined
  /** The field that holds name and arguments: `function` or `custom`; `''` until one came. */
  body: '' | 'function' | 'custom' = ''
  /** Its arguments, or the input of a custom tool. */
  readonly text: Text = new Text()
  readonly progress: JsonProgress = new JsonProgress()
  /** Whether the listener knows of the call. */
  announced = false
  /** The delta that named it last, by number. */
  namedIn = 0
  /** Whether a later delta repeated its name: some servers send it with every fragment, so it does not begin a call. */
  repeatsName = false
  #fields: Fields | undefined
  #bodyFields: Fields | undefined

  constructor(number: number) {
    this.number = number
  }

  /** Keeps the fields that the resolver does not read. */
  keep(entry: Wire, body: Wire): void {
    for (const key of Object.keys(entry))
      if (!Object.hasOwn(toolCallRules, key))
        (this.#fields ??= new Fields(toolCallRules)).cell(key).add(entry[key])
    for (const key of Object.keys(body))
      if (!Object.hasOwn(toolBodyRules, key))
        (this.#bodyFields ??= new Fields(toolBodyRules)).cell(key).add(body[key])
  }

  get(): object {
    const { body } = this
    const call = { id: this.id, type: this.type || body || 'function' }
    if (body !== '' || this.name !== '' || this.type === '' || this.type === 'function') {
      const text = this.text.value ?? ''
      const said =
        body === 'custom' ? { name: this.name, input: text } : { name: this.name, arguments: text }
      setField(call, body || 'function', this.#bodyFields?.put(said) ?? said)
    }
    return this.#fields?.put(call) ?? call
  }

  /** Whether a function's arguments have begun and not ended. */
  get isOpen(): boolean {
    return this.body !== 'custom' && this.progress.state === 'open'
  }

  get hasEnded(): boolean {
    return this.progress.state === 'closed' || this.progress.state === 'glued'
  }

  /** Whether something may be missing; `wasCut` if a limit cut the choice. */
  isPartial(wasCut: boolean): boolean {
    return this.isOpen || (wasCut && (this.body === 'custom' || !this.hasEnded))
  }
}

/** The calls of one choice. */
export class ToolCalls {
  readonly calls: ToolCallState[] = []
  readonly #bySlot = new Map<number, ToolCallState>()
  readonly #byId = new Map<string, ToolCallState>()
  #last: ToolCallState | undefined
  #deltas = 0
  readonly #listener: ToolCallListener

  constructor(listener: ToolCallListener) {
    this.#listener = listener
  }

  add(value: unknown): void {
    this.#deltas++
    if (!Array.isArray(value)) {
      if (isWire(value)) this.#take(value)
    } else for (const entry of value) if (isWire(entry)) this.#take(entry)
  }

  /** In the order of their indexes if every call has its own; otherwise in order of arrival. */
  inOrder(): readonly ToolCallState[] {
    if (this.#bySlot.size < this.calls.length) return this.calls
    return this.calls.toSorted((one, other) => (one.slot ?? 0) - (other.slot ?? 0))
  }

  #take(entry: Wire): void {
    const kind = isWire(entry['custom']) ? 'custom' : 'function'
    const value = entry[kind]
    const body = wireIn(value)
    const fragment = {
      slot: slotOf(entry['index']),
      id: isEmpty(entry['id']) ? '' : textOf(entry['id']),
      name: textOf(body['name']),
      hasType: !isEmpty(entry['type']),
      piece: textOf(body[kind === 'custom' ? 'input' : 'arguments']),
    }
    const call = this.#find(fragment) ?? this.#begin(fragment)
    this.#last = call

    if (value !== undefined && value !== null) call.body = kind
    else if (entry['type'] === 'custom') call.body = 'custom'
    if (call.type === '' && fragment.hasType) call.type = textOf(entry['type'])
    if (call.slot === undefined && fragment.slot !== undefined)
      this.#bySlot.set((call.slot = fragment.slot), call)
    if (call.id === '' && fragment.id !== '') this.#byId.set((call.id = fragment.id), call)
    if (fragment.name !== '') this.#rename(call, fragment.name)
    call.keep(entry, body)
    this.#tell(call, fragment.piece)
  }

  #tell(call: ToolCallState, piece: string): void {
    if (!call.announced && (call.name !== '' || piece !== '')) {
      call.announced = true
      this.#listener.toolCallBegan(call)
    }
    if (piece === '') return
    call.text.append(piece)
    call.progress.add(piece)
    this.#listener.toolCallGrew(call, piece)
  }

  #find(fragment: Fragment): ToolCallState | undefined {
    const { slot, id, name } = fragment
    const named = id === '' ? undefined : this.#byId.get(id)
    if (slot !== undefined) {
      const call = this.#bySlot.get(slot)
      if (call === undefined) return named?.slot === undefined ? named : undefined
      if (id !== '' && id === call.id) return call
      if (named) return named
      if (id === '' || call.id === '') return this.#begins(call, fragment) ? undefined : call
      return name !== '' || call.hasEnded ? undefined : this.#inConflict(call)
    }
    const last = this.#last
    if (id !== '') {
      if (named) return named
      return name === '' && last?.isOpen ? this.#inConflict(last) : undefined
    }
    return name === '' || (name === last?.name && last.isOpen) ? last : undefined
  }

  /** Whether a fragment with the index of this call begins another one. */
  #begins(call: ToolCallState, { name, hasType, piece }: Fragment): boolean {
    if (name === '') return false
    const hasArguments = /^\s*[[{]/.test(piece)
    const differs = name !== call.name
    if (call.hasEnded)
      return differs
        ? hasArguments || call.name !== ''
        : hasArguments && call.id === '' && !call.repeatsName
    if (call.id !== '' || call.isOpen || !(hasType || hasArguments)) return false
    const isEarly = call.progress.state === 'empty' && call.name !== '' && differs
    return call.namedIn === this.#deltas || isEarly
  }

  #inConflict(call: ToolCallState): ToolCallState {
    this.#listener.toolCallNoted('id-conflict', call)
    return call
  }

  #begin({ slot, id, name }: Fragment): ToolCallState {
    const call = new ToolCallState(this.calls.length)
    this.calls.push(call)
    if (slot !== undefined) this.#bySlot.set(slot, call)
    call.slot = slot
    if (slot === undefined && id === '' && name === '')
      this.#listener.toolCallNoted('orphan-fragment', call)
    return call
  }

  /** A name may come late, again, or in pieces; in pieces only before the arguments. */
  #rename(call: ToolCallState, name: string): void {
    if (name === call.name && call.namedIn < this.#deltas) call.repeatsName = true
    call.namedIn = this.#deltas
    if (name === call.name) return
    const isEarly = call.progress.state === 'empty' && !call.text.value
    if (call.name === '' || isEarly) {
      if (call.name !== '') this.#listener.toolCallNoted('joined-name', call)
      call.name += name
    } else this.#listener.toolCallNoted('name-conflict', call)
  }
}

/** Some servers write the index as a string; -1, null and a missing index are the same. */
function slotOf(index: unknown): number | undefined {
  if (typeof index === 'number')
    return Number.isSafeInteger(index) && index >= 0 ? index : undefined
  const slot = typeof index === 'string' && index !== '' ? Number(index) : -1
  return Number.isSafeInteger(slot) && slot >= 0 ? slot : undefined
}
