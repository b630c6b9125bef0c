type AtTurnEnd = <T>(task: (subject: T) => void, subject: T) => unknown

/** Long enough for what a few async generators in a row have ready, and over before anything else happens. */
const HOPS = 16

/**
 * Runs a task when what is ready now has been dealt with: at the end of the event loop's turn, where the runtime
 * has one to offer, and after a few rounds of the microtask queue elsewhere. No timer is involved.
 */
export const atTurnEnd: AtTurnEnd =
  (globalThis as { setImmediate?: AtTurnEnd }).setImmediate ??
  ((task, subject) => hop(task, subject, HOPS))

function hop<T>(task: (subject: T) => void, subject: T, left: number): void {
  queueMicrotask(() => (left === 0 ? task(subject) : hop(task, subject, left - 1)))
}
