// Tells the head, the framing and the content of an HTTP/1.1 response apart, byte by byte as they arrive. Every byte
// comes out again, in order, whatever the server wrote: this names bytes and never drops one.

import type { Part } from '../transcript/types.ts'

const LF = 0x0a

/**
 * - `head`: status line and fields. `size`, `after-chunk`, `trailers`: lines of the chunked coding.
 * - `chunk`, `length`, `until-close`: content, bounded by a chunk's size, by Content-Length, by the end of the connection.
 * - `over`: the message is complete. `broken`: the framing makes no sense, so nothing after it can be told apart.
 */
type State =
  | 'head'
  | 'size'
  | 'chunk'
  | 'after-chunk'
  | 'trailers'
  | 'length'
  | 'until-close'
  | 'over'
  | 'broken'

const LINES: Partial<Record<State, Part['of']>> = {
  head: 'head',
  size: 'frame',
  'after-chunk': 'frame',
  trailers: 'frame',
}

export class HttpResponseReader {
  readonly #method: string
  #state: State = 'head'
  /** What is here of the line that is being read, one character for each byte. */
  #line = ''
  /** The lines of the head that is being read. */
  #head: string[] = []
  /** Bytes of content that are still to come. */
  #remaining = 0
  #surplus = 0
  #problem = ''

  /** @param method - of the request: the response to HEAD has no content */
  constructor(method: string) {
    this.#method = method
  }

  /** The message is whole. */
  get complete(): boolean {
    return this.#state === 'over'
  }

  /** The message is whole when the server closes. */
  get endsWithConnection(): boolean {
    return this.#state === 'until-close'
  }

  /** What is wrong with the framing; empty when nothing is. */
  get problem(): string {
    return this.#problem
  }

  /** How many bytes came after the message's end. */
  get surplus(): number {
    return this.#surplus
  }

  /** Takes what one read brought and names its parts. */
  push(bytes: Uint8Array): Part[] {
    const parts: { of: Part['of']; start: number; end: number }[] = []
    let at = 0
    while (at < bytes.length) {
      const of =
        LINES[this.#state] ?? (this.#remaining > 0 || this.endsWithConnection ? 'body' : 'frame')
      const end =
        LINES[this.#state] === undefined
          ? this.#takeRun(at, bytes.length)
          : this.#takeLine(bytes, at)
      const last = parts.at(-1)
      if (last?.of === of) last.end = end
      else parts.push({ of, start: at, end })
      at = end
    }
    // Copies, which `slice` of a Node Buffer would not be.
    return parts.map(({ of, start, end }) => ({
      of,
      bytes: new Uint8Array(bytes.subarray(start, end)),
    }))
  }

  #takeRun(at: number, length: number): number {
    if (this.#state === 'until-close') return length
    if (this.#state === 'over' || this.#state === 'broken') {
      this.#surplus += length - at
      return length
    }
    const end = Math.min(length, at + this.#remaining)
    this.#remaining -= end - at
    if (this.#remaining === 0) this.#state = this.#state === 'chunk' ? 'after-chunk' : 'over'
    return end
  }

  #takeLine(bytes: Uint8Array, at: number): number {
    const feed = bytes.indexOf(LF, at)
    const end = feed < 0 ? bytes.length : feed + 1
    for (let place = at; place < end; place++)
      this.#line += String.fromCharCode(bytes[place] as number)
    if (feed >= 0) {
      const line = this.#line.replace(/\r?\n$/, '')
      this.#line = ''
      this.#endLine(line)
    }
    return end
  }

  #endLine(line: string): void {
    if (this.#state === 'head') {
      if (this.#head.length === 0 && !/^HTTP\/1\.[01] \d{3}( |$)/.test(line))
        this.#break('no status line of HTTP/1')
      else if (line === '') this.#endHead()
      else this.#head.push(line)
    } else if (this.#state === 'size') {
      this.#startChunk(line)
    } else if (this.#state === 'after-chunk') {
      if (line === '') this.#state = 'size'
      else this.#break('no line end after a chunk')
    } else if (line === '') {
      this.#state = 'over'
    }
  }

  #startChunk(line: string): void {
    const [, digits] = /^([0-9a-f]{1,13})[ \t]*(;|$)/i.exec(line) ?? []
    if (digits === undefined) return this.#break('no size of a chunk')
    this.#remaining = Number.parseInt(digits, 16)
    this.#state = this.#remaining === 0 ? 'trailers' : 'chunk'
  }

  #endHead(): void {
    const status = Number(this.#head[0]?.slice(9, 12))
    const codings = this.#field('transfer-encoding')
    const length = this.#field('content-length')
    this.#head = []
    // Interim responses, but for 101 after which another protocol is spoken, are followed by the real one.
    if (status < 200 && status !== 101) return
    if (this.#method === 'HEAD' || status === 204 || status === 304) {
      this.#state = 'over'
    } else if (codings !== undefined) {
      this.#state = /(^|,)[ \t]*chunked$/i.test(codings) ? 'size' : 'until-close'
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) return this.#break('no number in Content-Length')
      this.#remaining = Number(length)
      this.#state = this.#remaining === 0 ? 'over' : 'length'
    } else {
      this.#state = 'until-close'
    }
  }

  #field(name: string): string | undefined {
    const line = this.#head.find((field) => field.toLowerCase().startsWith(`${name}:`))
    return line?.slice(name.length + 1).trim()
  }

  #break(problem: string): void {
    this.#problem = problem
    this.#state = 'broken'
  }
}
