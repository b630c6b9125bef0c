/** An object from the wire, whatever is in it. */
export type Wire = Readonly<Record<string, unknown>>

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object; for anything else, an empty one. */
export function wireIn(value: unknown): Wire {
  return isWire(value) ? value : {}
}

/** Servers write "no value" in three ways. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** A value read as text: null adds nothing, and anything that is not text becomes its JSON, so that nothing is lost. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Sets a field. A plain assignment would let the key `__proto__` set a prototype. */
export function setField(target: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  else (target as Record<string, unknown>)[key] = value
}

/**
 * An independent copy of a JSON value. Iterative, because a server decides how deep the value is. Each level is copied by
 * the platform, which is several times as fast as setting field by field; then what is nested in it is replaced.
 */
export function copyOf(value: unknown): unknown {
  if (!isObject(value)) return value
  const root = shallow(value)
  const open = [root]
  const inner = (item: object): object => {
    const copy = shallow(item)
    open.push(copy)
    return copy
  }
  for (let copy = open.pop(); copy !== undefined; copy = open.pop())
    if (Array.isArray(copy)) {
      const items: unknown[] = copy
      for (let at = 0; at < items.length; at++) {
        const item = items[at]
        if (isObject(item)) items[at] = inner(item)
      }
    } else
      for (const key of Object.keys(copy)) {
        const item = (copy as Wire)[key]
        if (isObject(item)) setField(copy, key, inner(item))
      }
  return root
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function shallow(value: object): object {
  return Array.isArray(value) ? value.slice() : { ...value }
}
