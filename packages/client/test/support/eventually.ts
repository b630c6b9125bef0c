/** Resolves when a value is as it should be, and rejects if it never is within a minute. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now()
  while (!(await holds())) {
    if (performance.now() - start > 60_000) throw new Error(`It never held: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
