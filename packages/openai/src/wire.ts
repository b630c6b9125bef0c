/** An object from the wire, whatever is in it. */
export type Wire = Readonly<Record<string, unknown>>

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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

/** An independent copy of a JSON value. Iterative, because a server decides how deep the value is. */
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const root = emptyLike(value)
  const open: [from: object, to: object][] = [[value, root]]
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [from, to] = pair
    for (const key of Object.keys(from)) {
      const item = (from as Wire)[key]
      if (typeof item !== 'object' || item === null) setField(to, key, item)
      else {
        const copy = emptyLike(item)
        setField(to, key, copy)
        open.push([item, copy])
      }
    }
  }
  return root
}

function emptyLike(value: object): object {
  return Array.isArray(value) ? [] : {}
}
