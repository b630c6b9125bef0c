import { assertBytes, badLimit, ended, incompleteEvent } from './errors.ts'
import { encode } from './native.ts'
import { Queue } from './queue.ts'
import { type BlockOptions, Scanner } from './scanner.ts'
import type { Parser, ParserOptions, SseEvent, StreamState, EndVerdict } from './types.ts'

/** The byte order mark, which may stand before everything else. */
const MARK = [0xef, 0xbb, 0xbf]

/**
 * Makes a parser for one stream of server-sent events.
 *
 * @example
 * ```ts
 * import { createParser } from '@tesserae/parser'
 *
 * const parser = createParser()
 * parser.feed(new TextEncoder().encode('data: Hel'))
 * parser.feed(new TextEncoder().encode('lo\n\nevent: done\ndata: {}\n\n'))
 * for (const event of parser) console.log(event.data) // => Hello, then {}
 * parser.end() // => { complete: true }
 * ```
 */
export function createParser(options: ParserOptions = {}): Parser {
  const { maxEventBytes = 0 } = options
  if (maxEventBytes < 0 || Math.floor(maxEventBytes) !== maxEventBytes) throw badLimit()
  return new StreamParser(options)
}

/** Feeds text in place of bytes. It has no offsets, nor a limit. Not a member: users do not get to it. */
export let feedText: (parser: StreamParser, text: string) => void

/** Whether what was fed ends between two blocks, or after the first half of a CR LF there. */
export let isBetween: (parser: StreamParser) => boolean

/** The beginning and the end of a stream: what lies between them is the scanner's. */
export class StreamParser implements Parser {
  readonly #options: BlockOptions
  #scanner: Scanner
  /** The stream's first bytes, until there are enough of them to tell a byte order mark. */
  #head: number[] | undefined = []
  /** Events that `end` found before they were asked for. */
  #ready: Queue<SseEvent> | undefined
  #verdict: EndVerdict | undefined
  readonly #drain: Drain = new Drain(this)

  constructor(options: BlockOptions) {
    this.#options = options
    this.#scanner = new Scanner(options, options.lastEventId)
  }

  feed(bytes: Uint8Array): void {
    assertBytes(bytes)
    if (this.#verdict) throw ended(this.#scanner.position)
    if (this.#head) this.#begin(this.#head, bytes)
    else this.#scanner.feed(bytes)
  }

  next(): SseEvent | undefined {
    for (;;) {
      const scanner = this.#scanner
      const event = this.#ready?.shift() ?? scanner.next()
      // A callback may have called reset() or end(): then there is something else to look at.
      if (event || (scanner === this.#scanner && (this.#ready?.isEmpty ?? true))) return event
    }
  }

  [Symbol.iterator](): IterableIterator<SseEvent> {
    return this.#drain
  }

  end(): EndVerdict {
    const { incomplete } = this.#options
    const scanner = this.#scanner
    if (!this.#verdict) {
      if (this.#head) scanner.feed(Uint8Array.from(this.#head))
      this.#head = undefined
      this.#make(scanner)
    }
    // A callback may have called end() itself, or reset(): then what has ended is no longer this stream.
    const verdict = this.#verdict ?? scanner.judge()
    if (!this.#verdict && scanner === this.#scanner) {
      this.#verdict = verdict
      if (incomplete === 'dispatch') {
        scanner.complete()
        this.#make(scanner)
      }
    }
    if (!verdict.complete && incomplete === 'error') throw incompleteEvent(scanner.position)
    return verdict
  }

  reset(state: StreamState = this.#options): void {
    this.#scanner.stop()
    this.#scanner = new Scanner(this.#options, state.lastEventId)
    this.#head = []
    this.#ready = undefined
    this.#verdict = undefined
  }

  get lastEventId(): string {
    return this.#scanner.lastEventId
  }

  get reconnectionTime(): number | undefined {
    return this.#scanner.reconnectionTime
  }

  static {
    isBetween = (parser) => parser.#head === undefined && parser.#scanner.judge().complete
    feedText = (parser, text) => {
      if (text === '') return
      const head = parser.#head
      if (head && head.length > 0) return parser.feed(encode(text))
      const marked = head && text.startsWith('\u{feff}')
      parser.#head = undefined
      parser.#scanner.feedText(marked ? text.slice(1) : text)
    }
  }

  /** Takes events before they are asked for. */
  #make(scanner: Scanner): void {
    const ready = (this.#ready ??= new Queue())
    for (let event = scanner.next(); event; event = scanner.next()) ready.push(event)
  }

  /** One byte order mark may stand before everything else, cut or not. */
  #begin(held: number[], bytes: Uint8Array): void {
    const head = [...held, ...bytes.subarray(0, 3 - held.length)]
    const marked = head.every((byte, at) => byte === MARK[at])
    this.#head = marked && head.length < 3 ? head : undefined
    if (this.#head) return
    if (marked) {
      this.#scanner.skip(3)
      this.#scanner.feed(bytes.subarray(3 - held.length))
    } else {
      this.#scanner.feed(Uint8Array.from(held))
      this.#scanner.feed(bytes)
    }
  }
}

/** Not a generator: one costs 10 ns an event. */
class Drain implements IterableIterator<SseEvent> {
  readonly #parser: Parser

  constructor(parser: Parser) {
    this.#parser = parser
  }

  next(): IteratorResult<SseEvent, undefined> {
    const value = this.#parser.next()
    return value ? { done: false, value } : { done: true, value }
  }

  [Symbol.iterator](): this {
    return this
  }
}
