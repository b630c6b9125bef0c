// Where the parts of a JSON text end. The only code of this package that knows how strings and brackets are written;
// it checks nothing else, because every result is parsed or compared afterwards.

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What the letter after a backslash stands for; `u` is not in it. */
export const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Whether this is a space, tab, line feed or carriage return. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** The place of the quote that ends the string whose letters begin at `from`; -1 if it does not end. */
export function endOfString(text: string, from: number): number {
  let at = from
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return -1
    let slashes = 0
    while (quote - slashes > from && text.charCodeAt(quote - slashes - 1) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote
    at = quote + 1
  }
}

/** The place after the object or list that begins at `from`, by its brackets; -1 if there is none or it does not end. */
export function endOfDocument(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE && depth > 0) {
      at = endOfString(text, at + 1)
      if (at < 0) return -1
    } else {
      depth += bracket(code)
      if (depth === 0) return at > from ? at + 1 : -1
    }
  }
  return -1
}

/** 1 for `{` and `[`, -1 for `}` and `]`, 0 for everything else. */
export function bracket(code: number): number {
  // The curly and the square ones differ in one bit.
  const square = code & 0xdf
  return square === 0x5b ? 1 : square === 0x5d ? -1 : 0
}
