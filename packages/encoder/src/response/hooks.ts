/**
 * Calls a hook of the caller. An error that it throws, or rejects with, goes to the console: it must not end the stream,
 * the turn of other streams, or the process.
 */
export async function callHook<T extends readonly unknown[]>(
  hook: ((...about: T) => unknown) | undefined,
  ...about: T
): Promise<void> {
  try {
    // A refused option may be a hook that is not a function.
    if (typeof hook === 'function') await hook(...about)
  } catch (error) {
    // oxlint-disable-next-line no-console -- the only place where every platform shows an error and goes on
    console.error(error)
  }
}
