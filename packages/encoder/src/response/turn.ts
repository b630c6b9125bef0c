/** Enough rounds for a few async generators in a row, and over before anything else happens. */
const MICROTASK_ROUNDS = 16

const ofEventLoop = (globalThis as { setImmediate?: (task: () => void) => unknown }).setImmediate

/** Whether the turn is the event loop's. Rounds are counted for each task, and end at different times. */
export const isTurnShared: boolean = ofEventLoop !== undefined

/**
 * Runs a task after everything that is ready now: at the end of the event loop's turn where the runtime has
 * `setImmediate`, and after a few rounds of the microtask queue elsewhere. No timer is involved.
 */
export const atTurnEnd: (task: () => void) => unknown =
  ofEventLoop ?? ((task) => afterRounds(task, MICROTASK_ROUNDS))

function afterRounds(task: () => void, left: number): void {
  queueMicrotask(() => (left === 0 ? task() : afterRounds(task, left - 1)))
}
