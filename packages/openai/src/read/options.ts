import { checkOptions, type Kind, type Kinds, RULE_KINDS } from '../options.ts'

const TIME: Kind = [
  'a number of milliseconds from 0 up',
  (value: unknown) => typeof value === 'number' && value >= 0,
]

const KINDS: Kinds = {
  incomplete: ["'error' or 'return'", (value: string) => value === 'error' || value === 'return'],
  signal: [
    'an `AbortSignal`, such as `controller.signal`',
    (value: AbortSignal | null) => value?.addEventListener,
  ],
  idleTimeout: TIME,
  tokenTimeout: TIME,
  maxEventBytes: ['a number of bytes', (value: number) => value > 0],
  predict: ['a boolean', (value: unknown) => typeof value === 'boolean'],
}

const NAMES =
  'incomplete signal idleTimeout tokenTimeout maxEventBytes check predict onDelta onNote'

/** Checks the options of a function that reads chunks. Options of another such function are accepted: callers share them. */
export function checkOfChunks(options: object): void {
  checkOptions(options, `${NAMES} dialect rules only`, {
    ...KINDS,
    ...RULE_KINDS,
    dialect: [
      'a dialect of `@tesserae/openai/dialects`, such as `anthropic`',
      (value: { read: unknown } | null) => value?.read,
    ],
    only: ["'usage'", (value: string) => value === 'usage'],
  })
}

/** Checks the options of a function that reads events of the Responses API. */
export function checkOfEvents(options: object): void {
  checkOptions(options, `${NAMES} resume`, KINDS)
}
