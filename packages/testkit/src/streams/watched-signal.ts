import type { WatchedSignal } from '../types.ts'

/**
 * An `AbortSignal` that counts the listeners on it. Code that adds one for each request and removes none leaks, as long
 * as the signal lives; after the request the count should be what it was before.
 *
 * Listeners that a platform adds for itself (`AbortSignal.any`, the inside of `fetch`) are not seen.
 *
 * @example
 * ```ts
 * import { watchedSignal } from '@tesserae/testkit'
 *
 * const { signal, abort, listeners } = watchedSignal()
 * signal.addEventListener('abort', () => console.log(signal.reason), { once: true })
 * listeners() // => 1
 * abort('enough')
 * // => enough
 * listeners() // => 0
 * ```
 */
export function watchedSignal(): WatchedSignal {
  const controller = new AbortController()
  const { signal } = controller
  type Add = typeof signal.addEventListener
  type Listener = Parameters<Add>[1] | null
  const added: { type: string; listener: Listener; capture: boolean }[] = []

  const indexOf = (type: string, listener: Listener, capture: boolean): number =>
    added.findIndex(
      (entry) => entry.type === type && entry.listener === listener && entry.capture === capture,
    )
  const captureOf = (options: unknown): boolean =>
    typeof options === 'object' && options !== null
      ? Boolean((options as EventListenerOptions).capture)
      : Boolean(options)
  const forget = (type: string, listener: Listener, capture: boolean): void => {
    const index = indexOf(type, listener, capture)
    if (index !== -1) added.splice(index, 1)
  }

  // Bound to the signal before they are replaced on it: these do the work.
  const add = signal.addEventListener.bind(signal) as (
    type: string,
    listener: Listener,
    options?: unknown,
  ) => void
  const remove = signal.removeEventListener.bind(signal) as typeof add

  // Some platforms keep what is set here through `addEventListener` of the very object, some do not.
  const onabort = propertyOf(signal, 'onabort')
  let isSettingOnabort = false

  Object.defineProperties(signal, {
    onabort: {
      get: () => onabort.get?.call(signal),
      set(listener: unknown) {
        isSettingOnabort = true
        onabort.set?.call(signal, listener)
        isSettingOnabort = false
      },
    },
    addEventListener: {
      value(type: string, listener: Listener, options?: boolean | AddEventListenerOptions) {
        add(type, listener, options)
        const { signal: until, once } = typeof options === 'object' ? (options ?? {}) : {}
        const capture = captureOf(options)
        // As the platform does: nothing is added for a signal that has been aborted, or twice.
        if (
          isSettingOnabort ||
          listener === null ||
          until?.aborted ||
          indexOf(type, listener, capture) !== -1
        )
          return
        added.push({ type, listener, capture })
        // Some platforms remove the listener through `removeEventListener` of the very object, some do not.
        until?.addEventListener('abort', () => forget(type, listener, capture))
        // This listener comes after that one, so a listener counts until it has run.
        if (once) add(type, () => forget(type, listener, capture), { once: true })
      },
    },
    removeEventListener: {
      value(type: string, listener: Listener, options?: boolean | EventListenerOptions) {
        remove(type, listener, options)
        forget(type, listener, captureOf(options))
      },
    },
  })

  return {
    signal,
    abort: (reason) => controller.abort(reason),
    listeners: () => added.length + (signal.onabort ? 1 : 0),
  }
}

/** A property as it is defined, on the object or on what it inherits from. */
function propertyOf(object: object | null, name: string): PropertyDescriptor {
  for (let owner = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, name)
    if (found) return found
  }
  return {}
}
