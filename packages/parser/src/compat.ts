import { SseError } from './errors.ts'
import { feedText, isBetween, StreamParser } from './parser.ts'
import { pulledPair, type Step } from './pulled-pair.ts'
import { type EventSourceMessage, TextBlocks } from './text-blocks.ts'
import type { SseEvent } from './types.ts'

export type { EventSourceMessage } from './text-blocks.ts'

/** What {@link ParseError} tells of. `invalid-retry` is there for code that compares with it, and never comes. */
export type ErrorType = 'unknown-field' | 'max-buffer-size-exceeded' | 'invalid-retry'

/** Called as the stream is parsed. */
export interface ParserCallbacks {
  onEvent?: ((event: EventSourceMessage) => void) | undefined
  /** The `id` of a block that has ended, before its event. */
  onId?: ((id: string) => void) | undefined
  /** The milliseconds of a valid `retry` field. */
  onRetry?: ((retry: number) => void) | undefined
  /** A comment, without the one space that may follow the colon. */
  onComment?: ((comment: string) => void) | undefined
  onError?: ((error: ParseError) => void) | undefined
}

/** What {@link createParser} takes. */
export interface ParserConfig extends ParserCallbacks {
  /** The most bytes that the lines of one event may have, however they arrive. Default: no limit. */
  maxBufferSize?: number | undefined
}

/** What {@link createParser} gives. */
export interface EventSourceParser {
  /** Takes a chunk of text or bytes, and calls back for what is complete. */
  feed(chunk: string | Uint8Array): void
  /** Starts over. With `consume` in the options, a last line without its end is read first. */
  reset(options?: { consume?: boolean }): void
}

/** What {@link EventSourceParserStream} takes. */
export interface StreamOptions extends Omit<ParserCallbacks, 'onEvent' | 'onError'> {
  /** `'terminate'` makes the first error that of the stream. */
  onError?: 'terminate' | ((error: Error) => void) | undefined
  maxBufferSize?: number | undefined
}

/**
 * A line that is not a field, or an event over the limit.
 *
 * @example
 * ```ts
 * import { createParser } from '@tesserae/parser/compat'
 *
 * const parser = createParser({ onError: ({ type, field, value }) => console.log(type, field, value) })
 * parser.feed('{"error":"gone"}\n') // => unknown-field {"error" "gone"}
 * ```
 */
export class ParseError extends Error {
  readonly type: ErrorType
  readonly field: string | undefined
  readonly value: string | undefined
  readonly line: string | undefined

  constructor(
    message: string,
    options: { type: ErrorType; field?: string; value?: string; line?: string },
  ) {
    super(message)
    this.name = 'ParseError'
    this.type = options.type
    this.field = options.field
    this.value = options.value
    this.line = options.line
  }
}

/**
 * `createParser` of eventsource-parser 4, over this package's parser: migrating is changing the import.
 *
 * @example
 * ```ts
 * import { createParser } from '@tesserae/parser/compat'
 *
 * const parser = createParser({ onEvent: (event) => console.log(event.data) })
 * parser.feed('data: Hello\n\n') // => Hello
 * ```
 */
export function createParser(config: ParserConfig): EventSourceParser {
  if (typeof config === 'function')
    throw new TypeError('createParser() takes an object of callbacks: { onEvent: … }.')
  const step = new CompatibleStep(config)
  return {
    feed(chunk) {
      step.feed(chunk)
      for (let event = step.next(); event; event = step.next()) config.onEvent?.(event)
    },
    reset: (options) => step.reset(options?.consume),
  }
}

/**
 * `EventSourceParserStream` of eventsource-parser 4. It takes text or bytes, and delivers what came before a failure.
 *
 * @example
 * ```ts
 * import { EventSourceParserStream } from '@tesserae/parser/compat'
 *
 * const { body } = new Response('data: Hello\n\n')
 * const events = body!.pipeThrough(new EventSourceParserStream()).getReader()
 * const { value } = await events.read()
 * value // => { id: undefined, event: undefined, data: 'Hello' }
 * ```
 */
export class EventSourceParserStream {
  readonly readable: ReadableStream<EventSourceMessage>
  readonly writable: WritableStream<string | Uint8Array>

  constructor({ onError, ...options }: StreamOptions = {}) {
    const step = new CompatibleStep({
      ...options,
      onError(error) {
        if (typeof onError === 'function') onError(error)
        // After an event over the limit nothing can follow, whatever the caller wants.
        if (onError === 'terminate' || error.type === 'max-buffer-size-exceeded') throw error
      },
    })
    const { readable, writable } = pulledPair(step)
    this.readable = readable
    this.writable = writable
  }
}

class CompatibleStep implements Step<string | Uint8Array, EventSourceMessage> {
  readonly #config: ParserConfig
  readonly #parser: StreamParser
  readonly #encoder: TextEncoder = new TextEncoder()
  readonly #isUnlimited: boolean
  /** The first half of a surrogate pair that was cut in two, where bytes are counted. */
  #half = ''
  /** While `reset` reads the last line: no blank line came, so nothing else ends. */
  #isConsuming = false
  /** Whether the parser may have something that was not taken. */
  #waits = false
  /** Text that comes after that. */
  readonly #blocks: TextBlocks
  /** An event whose ID was passed on, if `onId` threw. */
  #event: EventSourceMessage | undefined

  constructor(config: ParserConfig) {
    const { onComment, onRetry, onError, onId, maxBufferSize = Infinity } = config
    this.#config = config
    this.#blocks = new TextBlocks(onComment === undefined)
    this.#isUnlimited = maxBufferSize === Infinity
    this.#parser = new StreamParser({
      maxEventBytes: maxBufferSize,
      incomplete: 'dispatch',
      onBlockId: onId && ((id) => this.#isConsuming || onId(id)),
      onRetry,
      onComment: onComment && ((comment) => onComment(comment.replace(/^ /, ''))),
      onUnknownField: onError && ((field, value) => onError(unknownField(field, value))),
    })
  }

  feed(chunk: string | Uint8Array): void {
    try {
      if (typeof chunk !== 'string') {
        if (this.#half !== '') this.#feedCounted('', true)
        this.#give(this.#blocks.takeRest())
        this.#giveBytes(chunk)
      } else if (this.#isUnlimited) this.#feedText(chunk)
      else this.#feedCounted(chunk)
    } catch (error) {
      throw error instanceof SseError ? tooLarge() : error
    }
  }

  next(): EventSourceMessage | undefined {
    let event = this.#event
    if (event === undefined) {
      event = this.#nextMessage()
      if (event === undefined) return undefined
      const { onId } = this.#config
      if (onId !== undefined && event.id !== undefined) {
        this.#event = event
        onId(event.id)
      }
    }
    this.#event = undefined
    return event
  }

  end(): void {}

  reset(consume = false): void {
    // Reads the line as if it had ended. What event that makes is not wanted: no blank line came.
    this.#isConsuming = true
    try {
      this.#give(this.#blocks.takeRest())
      if (consume) this.#parser.end()
    } catch (error) {
      // An event over the limit was reported, and is why reset() is called.
      if (!(error instanceof SseError)) throw error
    } finally {
      this.#isConsuming = false
    }
    this.#parser.reset()
    this.#waits = false
    this.#half = ''
    this.#event = undefined
  }

  /** Whole blocks are read by themselves. The parser reads the end of a block before them. */
  #feedText(chunk: string): void {
    const blocks = this.#blocks
    const isPlain = !chunk.includes('\r')
    if (chunk === '' || (isPlain && blocks.goOn(chunk))) return
    if (this.#waits || !isPlain || !blocks.isEmpty) {
      this.#give(blocks.takeRest() + chunk)
      return
    }
    // A line feed may be the second half of a line end.
    const isStart = !chunk.startsWith('\n') && isBetween(this.#parser)
    const at = isStart ? 0 : endOfBlock(chunk)
    this.#give(chunk.slice(0, at))
    blocks.begin(chunk, at)
  }

  #giveBytes(bytes: Uint8Array): void {
    this.#parser.feed(bytes)
    this.#waits = true
  }

  #give(text: string): void {
    feedText(this.#parser, text)
    if (text !== '') this.#waits = true
  }

  /** A limit counts bytes, so text has to be encoded. */
  #feedCounted(chunk: string, isEnd = false): void {
    const text = this.#half + chunk
    const cut = !isEnd && /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length
    this.#half = text.slice(cut)
    this.#giveBytes(this.#encoder.encode(text.slice(0, cut)))
  }

  #nextMessage(): EventSourceMessage | undefined {
    const blocks = this.#blocks
    while (this.#waits || blocks.isOpen) {
      if (this.#waits) {
        const event = this.#nextEvent()
        if (event !== undefined) return { id: event.id, event: event.event, data: event.data }
        if (this.#waits) return undefined
        if (!isBetween(this.#parser)) this.#give(blocks.takeRest())
      } else {
        const message = blocks.next()
        if (message !== undefined || blocks.isCut) return message
        this.#give(blocks.takeRest())
      }
    }
    return undefined
  }

  #nextEvent(): SseEvent | undefined {
    try {
      const event = this.#parser.next()
      if (event === undefined) this.#waits = false
      return event
    } catch (error) {
      if (!(error instanceof SseError)) throw error
      this.#config.onError?.(tooLarge())
      return undefined
    }
  }
}

/** Where the block ends that a text continues; its length if the text does not end it. */
function endOfBlock(text: string): number {
  if (text.startsWith('\n')) return 1
  const close = text.indexOf('\n\n')
  return close < 0 ? text.length : close + 2
}

function tooLarge(): ParseError {
  return new ParseError(
    'An event is larger than maxBufferSize: raise it, or drop the stream and reset().',
    {
      type: 'max-buffer-size-exceeded',
    },
  )
}

function unknownField(field: string, value: string): ParseError {
  return new ParseError('A line is not a field of an event: see field, value and line.', {
    type: 'unknown-field',
    field,
    value,
    line: value === '' ? field : `${field}:${value}`,
  })
}
