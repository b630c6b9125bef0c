/** What was pasted, as the bytes of a stream, and what was done to it for that. */
export interface Pasted {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly note: string
}

const encoder = new TextEncoder()

/**
 * Takes what people keep of streams: the body as it came, or one JSON document a line, as programs log what they were
 * given. Nothing else is changed.
 */
export function readPasted(text: string): Pasted {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < 2 || !lines.every(isObject)) return { bytes: encoder.encode(text), note: '' }
  const events = lines.map((line) => `data: ${line.trim()}\n\n`).join('')
  return {
    bytes: encoder.encode(events),
    note: 'These are lines of JSON and no events: “data: ” was written before each, and a blank line behind it. ',
  }
}

function isObject(line: string): boolean {
  // The cheap look first: a stream of events fails it in its first line.
  if (!/^\s*\{.*\}\s*$/.test(line)) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
