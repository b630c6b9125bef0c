/**
 * The same value, on which reading a property that it does not have throws. What this harness does not know
 * must break the run: a misread `it.skip` or `expect.soft` would pass without having checked anything.
 */
export function strict<T extends object>(what: string, value: T): T {
  return new Proxy(value, {
    get(target, key, receiver) {
      // Chai keeps its own state under names that begin with two underscores.
      if (typeof key === 'symbol' || key in target || key.startsWith('__'))
        return Reflect.get(target, key, receiver) as unknown
      throw new Error(
        `${what}.${key} is not part of what portable tests may use. Keep to plain vitest, or name the file *.node.test.ts.`,
      )
    },
  })
}
