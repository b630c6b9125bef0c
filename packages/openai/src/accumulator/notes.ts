/** Something unusual in a stream that did not stop it from being read. */
export type NoteCode =
  /** A fragment of a tool call had another id, no name, and came inside the arguments: it was added to the call that its index names. */
  | 'id-conflict'
  /** A tool call was given a second name after its arguments had begun: the first name is kept. */
  | 'name-conflict'
  /** The name of a tool call came in pieces, which were joined. */
  | 'joined-name'
  /** More text follows the end of a tool call's arguments: it was left as it came. */
  | 'glued-arguments'
  /** A fragment of a tool call came before any call, or named none: it became a call of its own. */
  | 'orphan-fragment'
  /** A whole message took the place of text that was already reported. */
  | 'replaced-text'
  /** An event or a chunk that is not an object: it was left out. */
  | 'not-a-chunk'
  /** An event that is not a chunk, such as a keep-alive: it was left out. */
  | 'unknown-event'
  /** Several JSON documents in one event: they were read one after the other. */
  | 'glued-json'
  /** The stream broke off inside an event that is not whole JSON: it was left out. */
  | 'cut-event'

/** One kind of note, at one place. */
export interface Note {
  readonly code: NoteCode
  /** The index of its choice. */
  readonly choice?: number
  /** The number of the tool call in its choice, in order of arrival. */
  readonly toolCall?: number
  /** How often it happened. */
  readonly count: number
}

/** Each note once, with a count, so that a stream that is unusual in every chunk costs no more memory than another. */
export class Notes {
  #notes: Map<string, Note> | undefined

  add(code: NoteCode, choice?: number, toolCall?: number): void {
    const key = `${code} ${choice} ${toolCall}`
    this.#notes ??= new Map()
    const count = (this.#notes.get(key)?.count ?? 0) + 1
    const place = {
      ...(choice !== undefined && { choice }),
      ...(toolCall !== undefined && { toolCall }),
    }
    this.#notes.set(key, { code, ...place, count })
  }

  list(): Note[] {
    return this.#notes ? [...this.#notes.values()] : []
  }
}
