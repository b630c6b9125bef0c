interface NodeBuffer {
  indexOf(this: Uint8Array, byte: number, from: number): number
  utf8Slice(this: Uint8Array, start: number, end: number): string
  latin1Slice(this: Uint8Array, start: number, end: number): string
}

interface Platform {
  readonly Buffer?: { readonly prototype: NodeBuffer }
  readonly process?: {
    readonly versions?: { readonly node?: string; readonly bun?: string; readonly deno?: string }
  }
}

interface Native {
  /** Where `byte` stands in `bytes` at or after `from`, or -1. */
  indexOf(bytes: Uint8Array, byte: number, from: number): number
  /** Bytes `start` to `end` as the standard decodes them: what is no UTF-8 becomes U+FFFD. */
  decode(bytes: Uint8Array, start: number, end: number): string
  /** A string with a unit for each byte, where making and searching it is faster than searching the bytes. */
  widen(bytes: Uint8Array): string | undefined
}

/** Node's own search counts in 32 bits, and finds nothing beyond. */
const FAR = 2 ** 31

/**
 * What Node does faster than the web platform can say it. On 288 bytes with Node 24: a search 27 ns, where
 * `Uint8Array.prototype.indexOf` takes 109; decoding in place 79, where `TextDecoder` on a subarray takes 107. Bun and
 * Deno have a `Buffer` as well, but there the standard calls are the fast ones.
 *
 * `node` is a constant of a function, for a bundler makes variables of a module's, and of a variable V8 does not know what
 * it calls: that cost an event that is not read 15 ns of 157.
 */
const native = ((): Native => {
  const { Buffer, process } = globalThis as Platform
  const versions = process?.versions
  const node = versions?.node && !versions.bun && !versions.deno ? Buffer?.prototype : undefined
  // The byte order mark is the scanner's business: anywhere but at the very start it is an ordinary character.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  return {
    indexOf: (bytes, byte, from) =>
      node && bytes.length < FAR ? node.indexOf.call(bytes, byte, from) : bytes.indexOf(byte, from),
    decode: (bytes, start, end) =>
      node ? node.utf8Slice.call(bytes, start, end) : utf8.decode(bytes.subarray(start, end)),
    widen: (bytes) => node?.latin1Slice.call(bytes, 0, bytes.length),
  }
})()

export const indexOf: Native['indexOf'] = native.indexOf
export const decode: Native['decode'] = native.decode
export const widen: Native['widen'] = native.widen
