import { accumulate, type Delta, ModelStreamError } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import { chatCompletionChunk, createChecker, textCompletionChunk } from '@tesserae/openai/schema'
import type { MessageLog, MessageReader, Outcome } from './message-log.ts'
import type { Protocol } from './protocol.ts'
import { failureOf, Feed, responseOf, type ResponseSettings } from './reading.ts'
import type { TapeEnd } from './tape.ts'

const MOST_ISSUES = 1000

/** Chat completions, legacy completions and Crucible, as `accumulate` reads them. */
export class ChatReader implements MessageReader {
  readonly finished: Promise<void>
  readonly #log: MessageLog
  readonly #feed = new Feed()

  constructor(log: MessageLog, protocol: Protocol, settings: ResponseSettings) {
    this.#log = log
    this.finished = this.#run(protocol, settings)
  }

  push(bytes: Uint8Array, known: number): void {
    this.#feed.push({ bytes, known })
  }

  end(end: TapeEnd): void {
    this.#feed.end(end)
  }

  async #run(protocol: Protocol, settings: ResponseSettings): Promise<void> {
    this.#log.outcome = await outcomeOf(responseOf(settings, this.#feed.stream()), {
      ...readingOf(protocol, settings),
      signal: this.#feed.signal,
      onDelta: (delta: Delta) => this.#add(delta, this.#feed.known),
      check: this.#checker(protocol),
    })
    this.#log.stoppedAt = this.#feed.known
  }

  /** Compares chunks with the published schema of the protocol. Crucible publishes none. */
  #checker(protocol: Protocol): ((chunk: object) => unknown) | undefined {
    if (protocol === 'crucible') return undefined
    const { issues } = this.#log
    const checker = createChecker({
      onIssue: ({ message, chunk }) => {
        if (issues.length < MOST_ISSUES) issues.push({ message, chunk, known: this.#feed.known })
      },
      keep: 0,
      schema: protocol === 'legacy' ? textCompletionChunk : chatCompletionChunk,
    })
    return (chunk) => checker.check(chunk)
  }

  #add(delta: Delta, known: number): void {
    const log = this.#log
    if (delta.type === 'usage') return log.usage(known, delta.usage)
    const { choice } = delta
    switch (delta.type) {
      case 'finish':
        return log.finish(known, choice, delta.reason)
      case 'content':
      case 'reasoning':
      case 'refusal': {
        const { type } = delta
        return log.text(known, { key: `${choice} ${type}`, choice, type }, delta.delta)
      }
      case 'tool-call-begin': {
        const { id, name, toolCall } = delta
        return log.call(known, { key: `${choice} tool-call ${toolCall}`, choice, id, name })
      }
      case 'tool-call-arguments': {
        const key = `${choice} tool-call ${delta.toolCall}`
        return log.text(known, { key, choice, type: 'tool-call' }, delta.delta)
      }
      case 'tool-call-end':
        return log.callEnd(known, `${choice} tool-call ${delta.toolCall}`, delta.partial)
      default:
        // Audio, images and annotations are in the message, and have no text that grows.
        return undefined
    }
  }
}

/** The message and the verdict, were a stream to end after these bytes. */
export function judgeChat(
  bytes: Uint8Array,
  protocol: Protocol,
  settings: ResponseSettings,
): Promise<Outcome> {
  const source = responseOf(settings, bytes as Uint8Array<ArrayBuffer>)
  return outcomeOf(source, readingOf(protocol, settings))
}

async function outcomeOf(response: Response, options: object): Promise<Outcome> {
  try {
    const { message, verdict, failure } = await accumulate(response, {
      ...options,
      incomplete: 'return',
    })
    const { complete, notes, partialToolCalls } = verdict
    const reason = verdict.complete ? undefined : verdict.reason
    return {
      message,
      verdict: { complete, reason, notes, partialToolCalls },
      failure: failure && failureOf(failure),
    }
  } catch (error) {
    if (error instanceof ModelStreamError) return { failure: failureOf(error) }
    throw error
  }
}

function readingOf(protocol: Protocol, { maxEventBytes }: ResponseSettings): object {
  return { maxEventBytes, ...(protocol === 'crucible' && { dialect: crucible }) }
}
