/** Pieces of work side by side: one for each core of a small machine, and one for the time that they wait. */
export const width = 3

/** Does `work` on every item, on `width` of them at a time, and begins them in order. */
export async function inParallel<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
