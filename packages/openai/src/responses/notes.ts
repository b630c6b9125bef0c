/** What was unusual about a stream and did not stop it from being read. */
export type ResponseNoteCode =
  /** An event with a name that is not in the table: left out. `event` is the name. */
  | 'unknown-event'
  /** A value that is not an object, or an object that is neither an event nor a response: left out. */
  | 'not-an-event'
  /** An event after the end of the response: left out. */
  | 'after-end'
  /** `sequence_number` skipped a number: events were lost on the way, unless the server numbers in its own way. */
  | 'gap'
  /** The stream began again with `response.created`: its items were built anew. */
  | 'replay'
  /** A resumed stream repeated an event that had been read: left out. */
  | 'repeated'
  /** Several JSON documents in one event: read one after the other. */
  | 'glued-json'
  /** The stream broke off inside an event that is not complete JSON: left out. */
  | 'cut-event'
  /** There was no terminal event, but every item was done. */
  | 'all-items-done'

/** One kind of note, with how often it applied. */
export interface ResponseNote {
  readonly code: ResponseNoteCode
  /** The name of an event. */
  readonly event?: string
  readonly count: number
}

/** So many names of unknown events are listed; further ones are counted together. */
const MAX_NAMES = 64

/** Each note once, with a count: a stream that is unusual in every event takes no more memory than another. */
export class ResponseNotes {
  readonly #notes = new Map<string, ResponseNote>()

  add(code: ResponseNoteCode, event?: string): void {
    const isListed = event !== undefined && this.#notes.size < MAX_NAMES
    const key = isListed || this.#notes.has(`${code} ${event}`) ? `${code} ${event}` : code
    const note = this.#notes.get(key)
    const count = (note?.count ?? 0) + 1
    this.#notes.set(key, note ? { ...note, count } : { code, ...(isListed && { event }), count })
  }

  list(): ResponseNote[] {
    return [...this.#notes.values()]
  }
}
