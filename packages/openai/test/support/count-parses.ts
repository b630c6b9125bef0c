/** How often `JSON.parse` is called while `work` runs. */
export async function countParses(work: () => Promise<void>): Promise<number> {
  const { parse } = JSON
  let parsed = 0
  JSON.parse = (...given) => {
    parsed++
    return parse(...given) as unknown
  }
  try {
    await work()
  } finally {
    JSON.parse = parse
  }
  return parsed
}
