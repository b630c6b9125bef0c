import type { StreamSource } from './types.ts'

/**
 * Returns a sequence that is not asked for anything, because the request wants no stream or is refused: what feeds it
 * may be under way already, such as another server's answer. A function is not called, and has nothing to return.
 */
export function decline<Events extends object>(source: StreamSource<Events>): void {
  if (typeof source === 'function') return
  const { [Symbol.asyncIterator]: begin, [Symbol.iterator]: beginSync } =
    source as AsyncIterable<unknown> & Iterable<unknown>
  const giveBack = async (): Promise<unknown> =>
    (begin ? begin.call(source) : beginSync.call(source)).return?.()
  // Nobody is there to be told.
  giveBack().catch(() => {})
}
