/** What was done with the bytes of one stream: for each byte, how often. */
export interface Meter {
  /** Wraps the stream's next chunk, so that each access is counted. */
  readonly watch: (chunk: Uint8Array) => Uint8Array
  /** Counts while `run` runs. */
  readonly during: (run: () => void) => void
  /** Read by index, or by a search. */
  readonly looks: number[]
  /** Made a part of a string, to be searched or to be read. */
  readonly decodings: number[]
  /** Searched in such a string. */
  readonly searches: number[]
}

type Native = (this: unknown, ...args: number[]) => unknown

/**
 * Sees every access to a chunk. Chunks are proxies, which see what is read by index; Node's own searches and decoders,
 * which know no proxies, are replaced by ones that do. What is copied out of a chunk is the scanner's to count.
 */
export function meter(): Meter {
  const looks: number[] = []
  const decodings: number[] = []
  const searches: number[] = []
  /** Where each chunk begins in the stream, and each string that was made of one: the last, of several that are alike. */
  const chunks = new WeakMap<object, { readonly target: Uint8Array; readonly offset: number }>()
  const strings = new Map<unknown, number>()

  const count = (counts: number[], from: number, to: number): void => {
    for (let at = from; at < to; at++) counts[at] = (counts[at] as number) + 1
  }

  const watch = (target: Uint8Array): Uint8Array => {
    const offset = looks.length
    for (const counts of [looks, decodings, searches]) counts.push(...Array.from(target, () => 0))
    const proxy = new Proxy(target, {
      get(_, key) {
        const index = typeof key === 'string' ? Number(key) : Number.NaN
        if (index < target.length) count(looks, offset + index, offset + index + 1)
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    chunks.set(proxy, { target, offset })
    return proxy
  }

  const during = (run: () => void): void => {
    const restore: (() => void)[] = []
    const replace = (prototype: object, name: string, make: (native: Native) => Native): void => {
      const holder = prototype as Record<string, Native>
      const native = holder[name] as Native
      holder[name] = make(native)
      restore.push(() => (holder[name] = native))
    }
    const decoder = (native: Native): Native =>
      function (from = 0, to = 0) {
        const chunk = chunks.get(this as object)
        const text = native.call(chunk?.target ?? this, from, to) as string
        if (chunk) {
          count(decodings, chunk.offset + from, chunk.offset + to)
          strings.set(text, chunk.offset + from)
        }
        return text
      }
    replace(Buffer.prototype, 'utf8Slice', decoder)
    replace(Buffer.prototype, 'latin1Slice', decoder)
    replace(
      Buffer.prototype,
      'indexOf',
      (native) =>
        function (byte = 0, from = 0) {
          const chunk = chunks.get(this as object)
          const found = native.call(chunk?.target ?? this, byte, from) as number
          if (chunk) {
            const end = found < 0 ? chunk.target.length : found + 1
            count(looks, chunk.offset + from, chunk.offset + end)
          }
          return found
        },
    )
    replace(
      String.prototype,
      'indexOf',
      (native) =>
        function (part, from = 0) {
          const found = native.call(this, part as number, from) as number
          const offset = strings.get(this)
          if (offset !== undefined) {
            const end = found < 0 ? (this as string).length : found + 1
            count(searches, offset + from, offset + end)
          }
          return found
        },
    )
    try {
      run()
    } finally {
      for (const undo of restore) undo()
    }
  }

  return { watch, during, looks, decodings, searches }
}
