type AtTurnEnd = <T>(task: (subject: T) => void, subject: T) => unknown

/** Enough rounds for a few async generators in a row, and over before anything else happens. */
const MICROTASK_ROUNDS = 16

/**
 * Runs a task after everything that is ready now: at the end of the event loop's turn where the runtime has
 * `setImmediate`, and after a few rounds of the microtask queue elsewhere. No timer is involved.
 */
export const atTurnEnd: AtTurnEnd =
  (globalThis as { setImmediate?: AtTurnEnd }).setImmediate ??
  ((task, subject) => afterRounds(task, subject, MICROTASK_ROUNDS))

function afterRounds<T>(task: (subject: T) => void, subject: T, left: number): void {
  queueMicrotask(() => (left === 0 ? task(subject) : afterRounds(task, subject, left - 1)))
}
