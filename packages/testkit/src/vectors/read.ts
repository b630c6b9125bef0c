import { TestkitError } from '../errors.ts'
import type { ReferenceEvent, Vector } from '../types.ts'

/**
 * Reads a file of vectors in the format of this package, and checks all of it: a vector with a mistyped key would
 * otherwise expect nothing, and pass.
 *
 * @param json - what `JSON.parse` made of the file
 * @throws a `TestkitError` with code `'invalid-vectors'`, saying where and what
 *
 * @example
 * ```ts
 * import { readVectors } from '@tesserae/testkit/vectors'
 *
 * const text = ': ping\n\n'
 * const nothing = { events: [], retries: [], lastEventId: '' }
 * const [vector] = readVectors([{ name: 'mine:ping', base64: btoa(text), text, comments: [' ping'], ...nothing }])
 * vector?.bytes.length // => 8
 * ```
 */
export function readVectors(json: unknown): Vector[] {
  const names = new Set<string>()
  return array(json, 'the file').map((item, index) => {
    const at = `vector ${index}`
    const entry = record(item, at, [
      'name',
      'base64',
      'text',
      'events',
      'retries',
      'comments',
      'lastEventId',
    ])
    const name = string(entry['name'], `${at}.name`)
    if (names.has(name)) fail(`${at}.name`, 'a name of its own')
    names.add(name)
    return {
      name,
      bytes: base64(entry['base64'], `${at}.base64`),
      text: string(entry['text'], `${at}.text`),
      events: array(entry['events'], `${at}.events`).map((event, number) =>
        readEvent(event, `${at}.events[${number}]`),
      ),
      retries: array(entry['retries'], `${at}.retries`).map((value, number) =>
        delay(value, `${at}.retries[${number}]`),
      ),
      comments: array(entry['comments'], `${at}.comments`).map((value, number) =>
        string(value, `${at}.comments[${number}]`),
      ),
      lastEventId: string(entry['lastEventId'], `${at}.lastEventId`),
    }
  })
}

/** In the file, `event` and `id` are left out where they are undefined: JSON has no word for it. */
function readEvent(json: unknown, at: string): ReferenceEvent {
  const entry = record(json, at, ['event', 'data', 'id', 'lastEventId'])
  return {
    event: optionalString(entry['event'], `${at}.event`),
    data: string(entry['data'], `${at}.data`),
    id: optionalString(entry['id'], `${at}.id`),
    lastEventId: string(entry['lastEventId'], `${at}.lastEventId`),
  }
}

function record(value: unknown, at: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(at, 'an object')
  for (const key of Object.keys(value)) if (!keys.includes(key)) fail(at, `no key "${key}"`)
  return value as Record<string, unknown>
}

function array(value: unknown, at: string): unknown[] {
  return Array.isArray(value) ? value : fail(at, 'an array')
}

function string(value: unknown, at: string): string {
  return typeof value === 'string' ? value : fail(at, 'a string')
}

function optionalString(value: unknown, at: string): string | undefined {
  return value === undefined ? undefined : string(value, at)
}

function delay(value: unknown, at: string): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31)
    return value as number
  return fail(at, 'a whole number from 0 to 2147483647')
}

function base64(value: unknown, at: string): Uint8Array {
  const text = string(value, at)
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return fail(at, 'base64')
  }
}

function fail(at: string, expected: string): never {
  throw new TestkitError('invalid-vectors', `Vectors need ${expected} at ${at}.`)
}
