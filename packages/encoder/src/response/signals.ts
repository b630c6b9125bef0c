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
  const tasks = known.get(signal) ?? new Tasks()
  known.set(signal, tasks.add(task))
  // Adding a listener twice changes nothing.
  signal.addEventListener('abort', tasks)
  return () => {
    tasks.delete(task)
    if (tasks.size === 0) signal.removeEventListener('abort', tasks)
  }
}
