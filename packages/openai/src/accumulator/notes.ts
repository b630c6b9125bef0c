/** What was strange about a stream, and did not keep it from being read. */
export type NoteCode =
  /** A piece of a tool call came with another id, without a name, in mid-arguments: it was added to the call that its index names. */
  | 'id-conflict'
  /** A tool call was given a second name after its arguments had begun: the first one stands. */
  | 'name-conflict'
  /** Behind the end of a tool call's arguments there is more: they are left as they came. */
  | 'glued-arguments'
  /** A piece of a tool call came before any call had begun, or named none: it became a call of its own. */
  | 'orphan-fragment'
  /** An event, or a chunk, that is no object: it was left out. */
  | 'not-a-chunk'
  /** A named event that is no chunk: it was left out. */
  | 'unknown-event'
  /** Several JSON documents in one event: they were read one after the other. */
  | 'glued-json'
  /** The stream broke off inside an event that is no whole JSON: it was left out. */
  | 'cut-event'

/** One kind of strangeness, at one place. */
export interface Note {
  readonly code: NoteCode
  /** The index of the choice that it was in. */
  readonly choice?: number
  /** The position of the tool call within the choice's, in order of arrival. */
  readonly toolCall?: number
  /** How often. */
  readonly count: number
}

/** Each strangeness once, with a count: a stream that is strange in each chunk costs no more memory than another. */
export class Notes {
  readonly #notes = new Map<string, Note>()

  add(code: NoteCode, choice?: number, toolCall?: number): void {
    const key = `${code} ${choice} ${toolCall}`
    const count = (this.#notes.get(key)?.count ?? 0) + 1
    const place = {
      ...(choice !== undefined && { choice }),
      ...(toolCall !== undefined && { toolCall }),
    }
    this.#notes.set(key, { code, ...place, count })
  }

  list(): Note[] {
    return [...this.#notes.values()]
  }
}
