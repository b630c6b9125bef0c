/** How often `JSON.parse` is called while `work` runs. */
export async function countParses(work: () => Promise<void>): Promise<number> {
  return (await parsedBy(work)).length
}

/** How many letters `JSON.parse` is given while `work` runs. */
export async function countLetters(work: () => Promise<void>): Promise<number> {
  return (await parsedBy(work)).reduce((sum, length) => sum + length, 0)
}

async function parsedBy(work: () => Promise<void>): Promise<number[]> {
  const { parse } = JSON
  const lengths: number[] = []
  JSON.parse = (...given) => {
    lengths.push(given[0].length)
    return parse(...given) as unknown
  }
  try {
    await work()
  } finally {
    JSON.parse = parse
  }
  return lengths
}
