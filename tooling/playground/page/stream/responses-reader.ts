import { accumulate, ModelStreamError, type ResponseDelta } from '@tesserae/openai/responses'
import type { MessageLog, MessageReader, Outcome } from './message-log.ts'
import { failureOf, Feed, responseOf, type ResponseSettings } from './reading.ts'
import type { TapeEnd } from './tape.ts'

/** The Responses API, as `accumulate` of the package reads it. */
export class ResponsesReader implements MessageReader {
  readonly finished: Promise<void>
  readonly #log: MessageLog
  readonly #feed = new Feed()

  constructor(log: MessageLog, settings: ResponseSettings) {
    this.#log = log
    this.finished = this.#run(settings)
  }

  push(bytes: Uint8Array, known: number): void {
    this.#feed.push({ bytes, known })
  }

  end(end: TapeEnd): void {
    this.#feed.end(end)
  }

  async #run(settings: ResponseSettings): Promise<void> {
    this.#log.outcome = await outcomeOf(responseOf(settings, this.#feed.stream()), {
      maxEventBytes: settings.maxEventBytes,
      signal: this.#feed.signal,
      onDelta: (delta: ResponseDelta) => this.#add(delta, this.#feed.known),
    })
    this.#log.stoppedAt = this.#feed.known
  }

  #add(delta: ResponseDelta, known: number): void {
    const log = this.#log
    const choice = 0
    switch (delta.type) {
      case 'text':
      case 'refusal':
      case 'reasoning': {
        const type = delta.type === 'text' ? 'content' : delta.type
        const key = `${type} ${delta.item} ${delta.part}`
        return log.text(known, { key, choice, type }, delta.delta)
      }
      case 'tool-call-begin': {
        const { item, id, name } = delta
        return log.call(known, { key: `call ${item}`, choice, id, name })
      }
      case 'tool-call-arguments':
        return log.text(
          known,
          { key: `call ${delta.item}`, choice, type: 'tool-call' },
          delta.delta,
        )
      case 'tool-call-end':
        return log.callEnd(known, `call ${delta.item}`, delta.partial)
      case 'usage':
        return log.usage(known, delta.usage)
      case 'finish':
        return log.finish(known, choice, delta.reason ?? delta.status)
      default:
        return undefined
    }
  }
}

/** The response and the verdict, were a stream to end after these bytes. */
export function judgeResponses(bytes: Uint8Array, settings: ResponseSettings): Promise<Outcome> {
  const { maxEventBytes } = settings
  return outcomeOf(responseOf(settings, bytes as Uint8Array<ArrayBuffer>), { maxEventBytes })
}

async function outcomeOf(response: Response, options: object): Promise<Outcome> {
  try {
    const result = await accumulate(response, { ...options, incomplete: 'return' })
    const { verdict, failure, response: message } = result
    const partialToolCalls = verdict.partialToolCalls.map(({ output }) => ({
      choice: 0,
      toolCall: output,
    }))
    const notes = verdict.notes.map(({ code, count }) => ({ code, count }))
    return {
      message,
      verdict: { complete: verdict.complete, reason: verdict.reason, notes, partialToolCalls },
      failure: failure && failureOf(failure),
    }
  } catch (error) {
    if (error instanceof ModelStreamError) return { failure: failureOf(error) }
    throw error
  }
}
