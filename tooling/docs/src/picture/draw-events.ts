import type { Layout } from './layout.ts'
import { arriving, label, rounded } from './svg.ts'
import type { Trace } from './trace.ts'

export interface DrawnEvents {
  readonly drawn: string
  readonly top: number
  readonly bottom: number
  /** The middle of an event's tile. */
  readonly middleOf: (event: number) => number
}

/** A tile for each event, with what it brings. */
export function drawEvents({ events }: Trace, layout: Layout, top: number): DrawnEvents {
  const { columns, height, gap } = layout.events
  const size = (layout.width - layout.gutter - (columns - 1) * gap) / columns
  const leftOf = (event: number): number => layout.gutter + (event % columns) * (size + gap)
  const drawn = events.map(({ kind, text, piece }, event) => {
    const x = leftOf(event)
    const y = top + Math.floor(event / columns) * (height + gap)
    // Leading spaces are part of what comes, and would not be seen.
    const shown = text.replace(/^ /, '␣')
    const fontSize = shown.length > 10 ? 11 : shown.length > 6 ? 12 : 17
    return arriving(
      piece,
      `<rect class="e${event}" x="${rounded(x)}" y="${rounded(y)}" width="${rounded(size)}" height="${height}" rx="3"/>` +
        label(x + 8, y + 18, kind, 'on') +
        `<text class="on mono" x="${rounded(x + 8)}" y="${rounded(y + 41)}" font-size="${fontSize}">${shown}</text>`,
    )
  })
  const rows = Math.ceil(events.length / columns)
  return {
    drawn: drawn.join('\n'),
    top,
    bottom: top + rows * (height + gap) - gap,
    middleOf: (event) => leftOf(event) + size / 2,
  }
}
