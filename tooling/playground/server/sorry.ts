import type { SseEventInit } from '@tesserae/encoder'
import { systems } from './systems/all.ts'
import { errorEvent } from './systems/shapes.ts'

const MESSAGE = 'This error was asked for, with the fault "error".'

/** How APIs other than chat completions say that they failed. */
const others: Readonly<Record<string, SseEventInit>> = {
  messages: named({ type: 'error', error: { type: 'overloaded_error', message: MESSAGE } }),
  responses: named({ type: 'error', code: 'server_error', message: MESSAGE, param: null }),
  gemini: {
    data: JSON.stringify({ error: { code: 503, message: MESSAGE, status: 'UNAVAILABLE' } }),
  },
}

/** The error frame of a dialect. */
export function sorryFor(dialect: string): SseEventInit {
  const system = systems.find(({ id }) => id === dialect)
  return others[dialect] ?? (system ? system.error(MESSAGE) : errorEvent(MESSAGE))
}

function named(data: object): SseEventInit {
  return { event: 'error', data: JSON.stringify(data) }
}
