import type { DrawnEvents } from './draw-events.ts'
import type { Layout } from './layout.ts'
import { arriving, letterTile, rounded } from './svg.ts'
import type { Trace } from './trace.ts'

export interface DrawnMessage {
  readonly drawn: string
  readonly top: number
  readonly bottom: number
}

/** A tile for each letter, in the colour of the event that brought it, and a thread from there. */
export function drawMessage(
  { parts, events }: Trace,
  { gutter, letters }: Layout,
  above: DrawnEvents,
  top: number,
): DrawnMessage {
  const drawn: string[] = []
  const threads = new Map<number, string>()
  const isWide = gutter > 0
  let [x, y] = [gutter, top]
  for (const [index, { kind, text, event }] of parts.entries()) {
    if (index > 0 && kind !== parts[index - 1]!.kind)
      [x, y] = isWide ? [x + 14, y + letters.text - letters.call] : [0, y + letters.text + 6]
    const pitch = letters[kind]
    const start = x
    const tiles = Array.from(text, (character) => {
      const tile = letterTile(character, [x, y, pitch - 2], `e${event}`)
      x += pitch
      return tile
    })
    const { piece } = events[event]!
    drawn.push(arriving(piece, tiles.join('')))
    if (!isWide || threads.has(event)) continue
    const [from, to] = [rounded(above.middleOf(event)), rounded((start + x - 2) / 2)]
    const between = rounded((above.bottom + top) / 2)
    const path = `M${from} ${rounded(above.bottom)}C${from} ${between} ${to} ${between} ${to} ${rounded(y)}`
    threads.set(event, arriving(piece, `<path class="thread e${event}" d="${path}"/>`))
  }
  return {
    drawn: [...threads.values(), ...drawn].join('\n'),
    top,
    bottom: y + letters.call - 2,
  }
}
