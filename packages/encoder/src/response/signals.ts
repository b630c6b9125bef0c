/** The tasks that wait for one signal. */
class Tasks extends Set<() => void> {
  handleEvent(): void {
    for (const task of this) task()
  }
}

const known = /* @__PURE__ */ new WeakMap<AbortSignal, Tasks>()

/**
 * Runs a task when `signal` aborts. All tasks of a signal share one listener: the shutdown of a server ends many
 * streams, and Node warns about the eleventh listener.
 *
 * @returns a function that removes the task.
 */
export function onAbort(signal: AbortSignal, task: () => void): () => void {
  let tasks = known.get(signal)
  if (!tasks) known.set(signal, (tasks = new Tasks()))
  const its = tasks
  // Adding a listener twice changes nothing.
  signal.addEventListener('abort', its)
  its.add(task)
  return () => {
    its.delete(task)
    if (its.size === 0) signal.removeEventListener('abort', its)
  }
}
