/** What is to be done when a signal aborts. */
class Tasks extends Set<() => void> {
  handleEvent(): void {
    for (const task of this) task()
  }
}

const known = /* @__PURE__ */ new WeakMap<AbortSignal, Tasks>()

/**
 * Runs a task when `signal` aborts, with one listener for all tasks of a signal: the shutdown of a server ends many
 * streams, and Node warns of the eleventh listener.
 *
 * @returns what takes the task back.
 */
export function onAbort(signal: AbortSignal, task: () => void): () => void {
  let tasks = known.get(signal)
  if (!tasks) known.set(signal, (tasks = new Tasks()))
  const its = tasks
  // Adding a listener that is there already changes nothing.
  signal.addEventListener('abort', its)
  its.add(task)
  return () => {
    its.delete(task)
    if (its.size === 0) signal.removeEventListener('abort', its)
  }
}
