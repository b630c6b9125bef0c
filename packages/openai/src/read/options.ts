import { BOOLEAN, checkOptions, FUNCTION, type Kind, type Kinds, oneOf } from '../options.ts'

const TIME: Kind = [
  'a number of milliseconds from 0 up',
  (value: unknown) => typeof value === 'number' && value >= 0,
]

export const OF_EVERY_READER: Kinds = {
  incomplete: /* @__PURE__ */ oneOf('error', 'return'),
  signal: [
    'an `AbortSignal`, such as `controller.signal`',
    (value: AbortSignal | null) => value?.addEventListener,
  ],
  idleTimeout: TIME,
  tokenTimeout: TIME,
  maxEventBytes: [
    'a whole number of bytes',
    (value: number) => value > 0 && Math.floor(value) === value,
  ],
  check: FUNCTION,
  predict: BOOLEAN,
  onDelta: FUNCTION,
  onNote: FUNCTION,
}

const OF_EVENTS: Kinds = /* @__PURE__ */ Object.assign({}, OF_EVERY_READER, { resume: FUNCTION })

/** Checks the options of a function that reads events of the Responses API. */
export function checkOfEvents(options: object): void {
  checkOptions(options, OF_EVENTS)
}
