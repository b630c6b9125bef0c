/** What a promise gives, or `undefined` if that takes longer than so many milliseconds. */
export async function within<T>(
  milliseconds: number,
  value: T | Promise<T>,
): Promise<T | undefined> {
  if (!(value instanceof Promise)) return value
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined)
  })
  try {
    return await Promise.race([value, late])
  } finally {
    clearTimeout(timer)
  }
}
