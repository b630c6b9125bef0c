/**
 * Encodes events as blocks of the `text/event-stream` format. This file is hot: `encode` and `encodeInto` run once per
 * event, and the bench cases of the same names hold them to 1.6 times a bare template literal. Errors are thrown by
 * functions of their own, because V8 inlines short functions only; inline they cost 5 %.
 *
 * Every property is read once, into a local, so the value that was checked is the value that is written, also when a
 * getter returns something else the second time.
 */
import { type EncodeField, refuse, refuseNumber, refuseType } from './errors.ts'
import { CR, LF, LONGEST_ID, LONGEST_WAIT, SHORT_ID } from './numbers.ts'
import type { SseEventInit } from './types.ts'

/** The line ends of the format. CR LF is a single one, so it comes first. */
const LINE_END = /\r\n|\r|\n/g

/** @internal */
export const utf8: TextEncoder = /* @__PURE__ */ new TextEncoder()

/**
 * The text of every frame. Nothing else is trusted, so no object can bring in a text that was not checked.
 *
 * @internal
 */
export const encodedText: WeakMap<SseEventInit, string> = /* @__PURE__ */ new WeakMap()

/**
 * Encodes an event as one whole block, with the blank line that ends it.
 *
 * A line end in `data` (CR LF, CR or LF) comes back from a parser as LF, because the format has no other way to carry
 * it. Everything else comes back unchanged.
 *
 * @throws an {@link EncodeError} if a field cannot be sent as it is. Nothing is stripped or replaced.
 *
 * @example
 * ```ts
 * import { encode } from '@tesserae/encoder'
 *
 * encode({ data: 'two\nlines' }) // => 'data: two\ndata: lines\n\n'
 * encode({ event: 'token', id: '7', data: '{}' }) // => 'event: token\nid: 7\ndata: {}\n\n'
 * ```
 */
export function encode(block: SseEventInit): string {
  // Reading a property of null or undefined throws a TypeError; 0 has none of these properties.
  const { event, data, id, retry } = (block ?? 0) as SseEventInit
  check(event, data, id, retry)
  const text = hasLineEnd(data) ? data.replace(LINE_END, '\ndata: ') : data
  if (retry !== undefined) {
    const fields = encode({ event, id, data: '' }).slice(0, -'data: \n\n'.length)
    return `${fields}retry: ${retry}\ndata: ${text}\n\n`
  }
  // One template per shape is a tenth faster than a string that grows field by field; one part less in each is 6 %.
  if (event !== undefined)
    return id === undefined
      ? `event: ${event}\ndata: ${text}\n\n`
      : `event: ${event}\nid: ${id}\ndata: ${text}\n\n`
  return id === undefined ? `data: ${text}\n\n` : `id: ${id}\ndata: ${text}\n\n`
}

/**
 * Writes the block of {@link encode} as UTF-8 into `target`, from `offset` on.
 *
 * @returns the number of bytes written, or 0 if the block does not fit: then send the buffer, and call again with an
 * empty one. After a 0, the bytes from `offset` on are undefined.
 * @throws an {@link EncodeError} as {@link encode} does, or if `offset` is not an integer from 0 to the length of
 * `target`. `target` is unchanged then.
 *
 * @example
 * ```ts
 * import { encodeInto } from '@tesserae/encoder'
 *
 * const buffer = new Uint8Array(1024)
 * let length = encodeInto({ data: 'a' }, buffer)
 * length += encodeInto({ data: 'b' }, buffer, length)
 * new TextDecoder().decode(buffer.subarray(0, length)) // => 'data: a\n\ndata: b\n\n'
 * ```
 */
export function encodeInto(block: SseEventInit, target: Uint8Array, offset = 0): number {
  // Also true of one from another realm, as in tests with jsdom.
  if (target?.[Symbol.toStringTag] !== 'Uint8Array')
    refuse('wrong-type', 'target', 'be a Uint8Array')
  const { event, data, id, retry } = (block ?? 0) as SseEventInit
  // As a 32-bit integer, V8 increments it without a check for overflow: 5 % of the whole function.
  const start = Number(offset) >>> 0
  if (start !== offset || start > target.length) refuseNumber('offset', target.length)
  let at = start
  let text = data
  if (check(event, data, id, retry) > 127 || retry !== undefined || hasLineEnd(data)) {
    text = encode({ event, data, id, retry }).slice(0, -2)
  } else {
    // Each byte of a name is a statement, because a loop over them costs a quarter more on Node 20. Short fields are
    // written byte by byte, because V8 would copy the whole block once more if they were joined to the data. A store
    // beyond the end of a typed array does nothing, so one check for room at the end is enough.
    if (event !== undefined) {
      target[at++] = 0x65 // event:
      target[at++] = 0x76
      target[at++] = 0x65
      target[at++] = 0x6e
      target[at++] = 0x74
      target[at++] = 0x3a
      target[at++] = 0x20
      at = putLine(event, target, at)
    }
    if (id !== undefined) {
      target[at++] = 0x69 // id:
      target[at++] = 0x64
      target[at++] = 0x3a
      target[at++] = 0x20
      at = putLine(id, target, at)
    }
    target[at++] = 0x64 // data:
    target[at++] = 0x61
    target[at++] = 0x74
    target[at++] = 0x61
    target[at++] = 0x3a
    target[at++] = 0x20
  }
  const { read, written } = utf8.encodeInto(text, target.subarray(at))
  at += written
  target[at++] = LF
  target[at++] = LF
  return read < text.length || at > target.length ? 0 : at - start
}

/**
 * Encodes a comment, which clients skip: for heartbeats, padding, and people who read the stream with curl.
 *
 * @throws an {@link EncodeError} if `text` is not a string, or holds half of a surrogate pair.
 *
 * @example
 * ```ts
 * import { encodeComment } from '@tesserae/encoder'
 *
 * encodeComment('still here') // => ': still here\n\n'
 * encodeComment('a\ndata: b') // => ': a\n: data: b\n\n'
 * ```
 */
export function encodeComment(text: string): string {
  checkText('comment', text)
  return `: ${text.replace(LINE_END, '\n: ')}\n\n`
}

function hasLineEnd(text: string): boolean {
  return text.includes('\n') || text.includes('\r')
}

/** Returns all UTF-16 units of `event` and `id`, combined with OR: above 127 the fields are not ASCII. */
function check(
  event: string | undefined,
  data: string,
  id: string | undefined,
  retry: number | undefined,
): number {
  checkText('data', data)
  if (retry !== undefined && !(Number.isInteger(retry) && retry >= 0 && retry <= LONGEST_WAIT))
    refuseNumber('retry', LONGEST_WAIT)
  const bits = (event === lastName ? lastBits : checkName(event)) | checkLine('id', id)
  if (id !== undefined && id.length > SHORT_ID) checkLength(id)
  return bits
}

/** A stream sends most of its events under one name, which is checked once: a tenth of `encoder/chunks/each/text`. */
let lastName: string | undefined
let lastBits = 0

function checkName(name: string | undefined): number {
  if (name === '') refuse('empty-name', 'event', 'not be empty')
  lastBits = checkLine('event', name)
  lastName = name
  return lastBits
}

function checkText(field: EncodeField, text: string): void {
  if (typeof text !== 'string') refuseType(field)
  if (!text.isWellFormed()) refuse('lone-surrogate', field)
}

/** Checks in one pass, because these strings are short: a search for each character costs more. */
function checkLine(field: EncodeField, text: string | undefined): number {
  if (text === undefined) return 0
  if (typeof text !== 'string') refuseType(field)
  let bits = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit <= CR) {
      if (unit === LF || unit === CR) refuse('line-break', field)
      if (unit === 0 && field === 'id') refuse('null-character', field)
    }
    bits |= unit
  }
  if (bits > 127) checkText(field, text)
  return bits
}

/** Clients return an id in a header, which servers limit. */
function checkLength(id: string): void {
  if (utf8.encode(id).length > LONGEST_ID)
    refuse('too-long', 'id', `be at most ${LONGEST_ID} bytes of UTF-8`)
}

/** Writes ASCII and a line end. */
function putLine(text: string, target: Uint8Array, offset: number): number {
  let at = offset
  for (let i = 0; i < text.length; i++) target[at++] = text.charCodeAt(i)
  target[at++] = LF
  return at
}
