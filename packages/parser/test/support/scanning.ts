import type { ParserOptions } from '@tesserae/parser'
import type { Scanner } from '../../src/scanner.ts'

/** A scanner with the interface of a parser, so that both read alike. It knows no byte order mark. */
export function asParser(
  make: new (options: ParserOptions, id: string, plain: boolean) => Scanner,
) {
  return (plain: boolean, options: ParserOptions = {}) => {
    const scanner = new make(options, '', plain)
    return {
      feed: (chunk: Uint8Array) => scanner.feed(chunk),
      next: () => scanner.next(),
      end: () => scanner.judge(),
    }
  }
}

export const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
