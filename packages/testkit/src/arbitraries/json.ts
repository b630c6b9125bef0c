import type { Json, JsonObject } from './chat-types.ts'

/** As it comes out of `JSON.parse`: no undefined, no negative zero, nothing shared. */
export function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value))
}

/** A copy of what is JSON already, in a fraction of the time that writing and reading it takes. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T
  if (typeof value !== 'object' || value === null) return value
  const result: JsonObject = {}
  define(result, value as unknown as JsonObject)
  return result as T
}

/** Adds copies of properties, `__proto__` as one like any other. */
export function define(target: JsonObject, properties: JsonObject): void {
  for (const key of Object.keys(properties)) {
    const value = copy(properties[key] as Json)
    if (key !== '__proto__') target[key] = value
    else
      Object.defineProperty(target, key, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      })
  }
}
