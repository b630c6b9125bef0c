interface Listening {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const listening = new WeakMap<AbortSignal, Listening>()

/**
 * Calls back when a signal aborts, and returns what takes the callback away. All callbacks of a signal share one listener,
 * because Node 20 warns about the eleventh.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = listening.get(signal) ?? listenTo(signal)
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    if (callbacks.size > 0) return
    listening.delete(signal)
    signal.removeEventListener('abort', listener)
  }
}

function listenTo(signal: AbortSignal): Listening {
  const callbacks = new Set<() => void>()
  const listener = (): void => {
    for (const callback of new Set(callbacks)) callback()
  }
  signal.addEventListener('abort', listener)
  const made = { callbacks, listener }
  listening.set(signal, made)
  return made
}
