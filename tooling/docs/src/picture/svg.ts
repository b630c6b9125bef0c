/** Seconds from one piece of the stream to the next. */
const beat = 0.34

/** Something that appears when a piece of the stream has arrived. */
export function arriving(piece: number, drawn: string): string {
  return `<g class="in" style="animation-delay:${rounded(0.4 + piece * beat)}s">${drawn}</g>`
}

/** A large tile with a character on it. */
export function letterTile(
  character: string,
  [x, y, size]: readonly [x: number, y: number, size: number],
  kind: string,
): string {
  const tile = `<rect class="${kind}" x="${rounded(x)}" y="${rounded(y)}" width="${rounded(size)}" height="${rounded(size)}" rx="2"/>`
  if (character === ' ') return tile
  const fontSize = Math.round(size * 0.6)
  const ink = kind.startsWith('e') ? 'on' : 'text'
  return `${tile}<text class="${ink} mono mid" x="${rounded(x + size / 2)}" y="${rounded(y + size / 2 + fontSize * 0.34)}" font-size="${fontSize}">${escape(character)}</text>`
}

export function label(x: number, y: number, text: string, kind = 'soft'): string {
  return `<text class="${kind}" x="${rounded(x)}" y="${rounded(y)}">${escape(text)}</text>`
}

export function rounded(number: number): number {
  return Math.round(number * 100) / 100
}

export function grouped(number: number): string {
  return number.toLocaleString('en-US')
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
