import type { Layout } from './layout.ts'
import { arriving, letterTile, rounded } from './svg.ts'
import type { Stretch, Trace } from './trace.ts'

export interface DrawnBytes {
  readonly drawn: string
  readonly top: number
  readonly bottom: number
}

/** What the strip shows: the bytes around the cut that goes through a word. */
interface Shown extends Stretch {
  /** The piece that ends at the cut. */
  readonly piece: number
  readonly cut: number
}

/** A tile for each byte, in rows; below them those around a cut, large enough to be read. */
export function drawBytes(trace: Trace, layout: Layout, top: number): DrawnBytes {
  const shown = shownIn(trace, layout)
  const { tiles, placeOf, bottom, pitch } = mosaic(trace, layout, shown, top)
  const strip = drawStrip(trace, layout, shown, bottom + 30)
  const [left, y] = placeOf(shown.from)
  const right = placeOf(shown.to - 1)[0] + pitch - 1
  const beam =
    `M${rounded(left - 1)} ${rounded(y - 1)}H${rounded(right + 1)}V${rounded(y + pitch)}` +
    `L${layout.width} ${rounded(strip.top - 5)}H${layout.gutter}L${rounded(left - 1)} ${rounded(y + pitch)}z`
  return {
    drawn: [tiles, `<path class="beam text" d="${beam}"/>`, strip.drawn].join('\n'),
    top,
    bottom: strip.bottom,
  }
}

function shownIn({ pieces, events }: Trace, { strip }: Layout): Shown {
  const marks = events.flatMap((event) => event.marks)
  const piece = pieces.findIndex(({ to }) => marks.some((mark) => mark.from < to && to < mark.to))
  const cut = pieces[piece]!.to
  // A place of the strip is left to the cut.
  const before = Math.round((strip.tiles - 1) * 0.58)
  return { piece, cut, from: cut - before, to: cut + strip.tiles - 1 - before }
}

function mosaic(
  trace: Trace,
  layout: Layout,
  shown: Shown,
  top: number,
): {
  readonly tiles: string
  readonly bottom: number
  readonly pitch: number
  readonly placeOf: (byte: number) => readonly [x: number, y: number]
} {
  const { bytes, pieces } = trace
  const width = layout.width - layout.gutter
  const columns = columnsFor(trace, Math.floor(width / layout.pitch), shown)
  const pitch = (width + 1) / columns
  const row = (cell: number): number => Math.floor(cell / columns)
  const column = (cell: number): number => cell % columns
  const side = rounded((pitch - 1) / pitch)
  const groups = pieces.map(({ from, to }, piece) => {
    const paths = new Map<string, string>()
    for (let byte = from; byte < to; byte++) {
      const kind = kindOf(byte, piece, trace)
      const cell = byte + piece
      // A line as thick as it is long is a tile, in half the characters.
      paths.set(kind, `${paths.get(kind) ?? ''}M${column(cell)} ${row(cell)}h${side}`)
    }
    const drawn = [...paths].map(([kind, d]) => `<path class="${kind}" d="${d}"/>`)
    return arriving(piece, drawn.join(''))
  })
  const cuts = pieces.slice(1).map(({ from }, before) => {
    const cell = from + before
    return `M${rounded(column(cell) + side / 2)} ${rounded(row(cell) - 0.55)}v1.1`
  })
  const cells = bytes.length + pieces.length - 1
  return {
    tiles: [
      `<g class="tiles" transform="translate(${layout.gutter} ${rounded(top + (pitch - 1) / 2)}) scale(${rounded(pitch)})" stroke-width="${side}">`,
      ...groups,
      `<path class="cut" stroke-width="${rounded(2 / pitch)}" d="${cuts.join('')}"/>`,
      '</g>',
    ].join('\n'),
    bottom: top + Math.ceil(cells / columns) * pitch,
    pitch,
    placeOf: (byte) => {
      const cell = byte + pieces.findIndex(({ to }) => byte < to)
      return [layout.gutter + column(cell) * pitch, top + row(cell) * pitch]
    },
  }
}

/** As many as there may be, or the few less with which the bytes that are shown large stand in the middle of a row. */
function columnsFor({ pieces }: Trace, most: number, { from, to }: Shown): number {
  const middle = (from + to) / 2 + pieces.findIndex((piece) => from < piece.to)
  const offCentre = (columns: number): number => Math.abs((middle % columns) / columns - 0.5)
  const choices = Array.from({ length: 8 }, (_, less) => most - less)
  return choices.toSorted((one, other) => offCentre(one) - offCentre(other))[0]!
}

function drawStrip(
  trace: Trace,
  { gutter, strip }: Layout,
  { from, to, cut, piece }: Shown,
  top: number,
): { readonly drawn: string; readonly top: number; readonly bottom: number } {
  const size = strip.pitch - 2
  const sides = [
    { piece, begin: from, end: cut, left: gutter },
    { piece: piece + 1, begin: cut, end: to, left: gutter + (cut - from + 1) * strip.pitch },
  ].map(({ piece, begin, end, left }) => {
    const tiles = Array.from(trace.bytes.subarray(begin, end), (value, at) => {
      const place = [left + at * strip.pitch, top, size] as const
      return letterTile(String.fromCharCode(value), place, kindOf(begin + at, piece, trace))
    })
    return arriving(piece, tiles.join(''))
  })
  const middle = rounded(gutter + (cut - from) * strip.pitch + size / 2)
  const line = `<path class="cut" stroke-width="2" stroke-dasharray="4 3" d="M${middle} ${top - 3}v${rounded(size + 6)}"/>`
  return { drawn: [...sides, line].join('\n'), top, bottom: top + size }
}

/** What stands out is what an event brings, in the colour of the event, and the blank line that ends it. */
function kindOf(byte: number, piece: number, { bytes, events }: Trace): string {
  const value = bytes[byte]!
  if (value === 10) return 'end'
  const event = events.findIndex(({ marks }) => marks.some((mark) => isIn(byte, mark)))
  if (event >= 0) return `e${event}`
  // A byte has one shade wherever it stands, so what repeats looks alike.
  return `${piece % 2 === 0 ? 'a' : 'b'}${(value * 5 + (value >> 3)) % 3}`
}

function isIn(byte: number, { from, to }: Stretch): boolean {
  return from <= byte && byte < to
}
