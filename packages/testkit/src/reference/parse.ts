// A transcription of "Parsing an event stream" and "Interpreting an event stream", sections 9.2.5 and 9.2.6 of the
// WHATWG HTML standard, one statement of the standard after another. It is the measure that faster parsers are
// held to, so it will never be made faster: it takes the whole input, copies freely, and remembers everything.

import type { PendingBlock, ReferenceEvent, ReferenceOptions, ReferenceResult } from '../types.ts'
import { decodeCharacters, type Character } from './decode-utf8.ts'

/** A timer of the web platform waits at most this long, and not at all when told to wait longer. */
const LONGEST_DELAY = 2 ** 31 - 1

/**
 * Parses a complete event stream, literally as the HTML standard says, slowly.
 *
 * @param bytes - the whole stream
 * @param options - `lastEventId` continues where an earlier connection ended
 * @returns everything that is in the stream, and what its end cut off
 *
 * @example
 * ```ts
 * import { referenceParse } from '@tesserae/testkit'
 *
 * const bytes = new TextEncoder().encode('id: 7\ndata: one\ndata: two\n\ndata: lost')
 * const { events, pending } = referenceParse(bytes)
 * events // => [{ event: undefined, data: 'one\ntwo', id: '7', lastEventId: '7' }]
 * pending // => { bytes: 10, fields: [] }
 * ```
 */
// long: one step of the standard per statement, in its order.
export function referenceParse(bytes: Uint8Array, options: ReferenceOptions = {}): ReferenceResult {
  // 9.2.5: Streams are UTF-8, whatever a charset parameter says, and "UTF-8 decode" takes one byte order mark off
  // the front. A second one is an ordinary character.
  const characters = decodeCharacters(bytes)
  if (characters[0]?.text === '\u{feff}') characters.shift()

  // 9.2.6: A data buffer, an event type buffer and a last event ID buffer go with the stream, all empty at first.
  let dataBuffer = ''
  let eventTypeBuffer = ''
  let lastEventIdBuffer = ''
  // The standard starts that buffer empty on a reconnection too, so that the first block would reset the ID that
  // was just sent. Browsers go on from the ID they sent; so does this.
  if (options.lastEventId !== undefined) lastEventIdBuffer = options.lastEventId
  // The event source's own last event ID string, which a dispatch sets from the buffer.
  let lastEventId = lastEventIdBuffer

  const events: ReferenceEvent[] = []
  const retries: number[] = []
  const comments: string[] = []
  const unknownFields: [string, string][] = []

  // Not of the standard: what a caller wants to know of a block that the end of the stream cuts off.
  let blockStart: number | undefined
  let blockHasField = false
  let blockId: string | undefined
  let blockFields: ('event' | 'data' | 'id')[] = []

  const { lines, rest } = splitLines(characters)
  for (const line of lines) {
    blockStart ??= line.start

    // A blank line dispatches the event.
    if (line.text === '') {
      dispatchTheEvent()
      blockStart = undefined
      blockHasField = false
      blockId = undefined
      blockFields = []
      continue
    }

    // A line that starts with a colon is ignored: a comment.
    if (line.text.startsWith(':')) {
      comments.push(line.text.slice(1))
      continue
    }

    blockHasField = true
    if (line.text.includes(':')) {
      // What stands before the first colon is the field's name, what stands after it is the value, from which one
      // space is taken if it starts with one: U+0020 and no other white space, one and no more.
      const colon = line.text.indexOf(':')
      const field = line.text.slice(0, colon)
      let value = line.text.slice(colon + 1)
      if (value.startsWith(' ')) value = value.slice(1)
      processTheField(field, value)
    } else {
      // No colon: the whole line is the name, and the value is empty.
      processTheField(line.text, '')
    }
  }

  // At the end of the stream, data that is pending is discarded: an event without its blank line is not dispatched.
  return {
    events,
    retries,
    comments,
    unknownFields,
    lastEventId,
    reconnectionTime: retries.at(-1),
    pending: whatIsPending(),
  }

  /** Names are compared literally, with no case folding. */
  function processTheField(field: string, value: string): void {
    if (field === 'event') {
      // The event type buffer becomes the value, an empty one too.
      eventTypeBuffer = value
      saw('event')
    } else if (field === 'data') {
      // The value and a line feed go to the end of the data buffer.
      dataBuffer += value
      dataBuffer += '\n'
      saw('data')
    } else if (field === 'id') {
      // Without U+0000 in it, the value becomes the last event ID buffer; with it, the field is ignored.
      if (!value.includes('\0')) {
        lastEventIdBuffer = value
        blockId = value
        saw('id')
      }
    } else if (field === 'retry') {
      // A value of ASCII digits alone is a number in base ten and becomes the reconnection time; any other value
      // is ignored. No digits at all are not a number. Taking effect at once, it needs no blank line.
      if (/^[0-9]+$/.test(value)) retries.push(Math.min(Number.parseInt(value, 10), LONGEST_DELAY))
    } else {
      // Any other field is ignored.
      unknownFields.push([field, value])
    }
  }

  function dispatchTheEvent(): void {
    // Step 1: the event source's last event ID string becomes the buffer's value. The buffer keeps it, for the
    // blocks that follow. This comes first, so a block without data commits its ID as well.
    lastEventId = lastEventIdBuffer
    // Step 2: with an empty data buffer, the data and event type buffers are emptied, and that was all.
    if (dataBuffer === '') {
      eventTypeBuffer = ''
      return
    }
    // Step 3: one line feed is taken off the end of the data buffer. Only one: an empty last line stays.
    if (dataBuffer.endsWith('\n')) dataBuffer = dataBuffer.slice(0, -1)
    // Steps 4 and 5: a message event with this data and this last event ID, whose type is "message" unless the
    // event type buffer says otherwise. Here an unnamed one stays `undefined`, to be told from `event: message`.
    const event = eventTypeBuffer === '' ? undefined : eventTypeBuffer
    events.push({ event, data: dataBuffer, id: blockId, lastEventId })
    // Step 6: the data and event type buffers are emptied. (Steps 7 and 8 fire the event.)
    dataBuffer = ''
    eventTypeBuffer = ''
  }

  function saw(field: 'event' | 'data' | 'id'): void {
    if (!blockFields.includes(field)) blockFields.push(field)
  }

  function whatIsPending(): PendingBlock | undefined {
    if (rest === undefined && !blockHasField) return undefined
    const start = blockStart ?? rest?.start ?? 0
    return { bytes: bytes.length - start, fields: blockFields }
  }
}

/** A line without its end. */
interface Line {
  readonly text: string
  /** Offset of its first byte on the wire. */
  readonly start: number
}

/**
 * Lines end in CR LF, in LF without a CR before it, or in CR without an LF after it; nothing else ends a line.
 * What comes after the last line end is not a line: it is returned apart, if it is anything at all.
 */
function splitLines(characters: readonly Character[]): { lines: Line[]; rest: Line | undefined } {
  const lines: Line[] = []
  let line = { text: '', start: 0 }

  for (let at = 0; at < characters.length; at++) {
    const { text, start } = characters[at] as Character
    if (line.text === '') line.start = start
    if (text !== '\r' && text !== '\n') {
      line.text += text
      continue
    }
    lines.push(line)
    line = { text: '', start: 0 }
    if (text === '\r' && characters[at + 1]?.text === '\n') at++
  }

  return { lines, rest: line.text === '' ? undefined : line }
}
