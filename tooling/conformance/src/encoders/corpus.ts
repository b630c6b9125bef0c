import type { Field } from './peer.ts'

const lineEnds = { LF: '\n', CR: '\r', 'CR LF': '\r\n' } as const

export type LineEnd = keyof typeof lineEnds

/** Line ends, and after them what an attacker would like to send. The tests of `@tesserae/encoder` have the same. */
const payloads: readonly ((end: string) => string)[] = [
  (end) => `x${end}data: PWN`,
  (end) => `x${end}data: PWN${end}${end}data: P2`,
  (end) => `alice${end}${end}event: admin${end}data: {"role":"root"}${end}${end}`,
  (end) => `x${end}id${end}data: PWN${end}${end}`,
  (end) => `x${end}id: 666${end}${end}`,
  (end) => `x${end}retry: 1${end}`,
  (end) => `x${end}${end}`,
  (end) => `x${end}: hidden`,
  (end) => `x${end}unknown`,
  (end) => end,
]

/** What no attacker sends, and an encoder may lose all the same: spaces, line ends, emptiness, what looks like syntax. */
const oddTexts: Readonly<Partial<Record<Field, readonly string[]>>> = {
  data: [
    '',
    ' x',
    '  ',
    'x ',
    'x\n',
    '\nx',
    'a\n\nb',
    'a\r\nb\rc',
    ': x',
    'data: x',
    '0',
    'é😀',
    '\uD800',
  ],
  event: ['x y', ' x', 'a:b', 'é😀', '0'],
  id: ['0', ' x', 'a:b', 'é😀', '', 'a\0b'],
}

const oddNumbers: readonly unknown[] = [0, 3000, NaN, Infinity, -1, 1.5, 1e21, '5', '']

export interface Trial {
  readonly value: unknown
  /** The line end that the value has, if it has one as an attack. */
  readonly end?: LineEnd
}

/** Everything that is tried on a field. */
export function trialsOf(field: Field): Trial[] {
  const attacks = Object.entries(lineEnds).flatMap(([end, characters]) => {
    const texts =
      field === 'retry'
        ? [`5${characters}data: PWN${characters}${characters}`]
        : payloads.map((payload) => payload(characters))
    return texts.map((value) => ({ value, end: end as LineEnd }))
  })
  const odd = field === 'retry' ? oddNumbers : (oddTexts[field === 'text' ? 'data' : field] ?? [])
  return [...attacks, ...odd.map((value) => ({ value }))]
}
