/** All that differs between a wide screen and a narrow one, in pixels. */
export interface Layout {
  readonly width: number
  /** Where the tiles begin; what stands left of them says what they are. 0: it stands above them. */
  readonly gutter: number
  /** From one small tile to the next, a byte each, at least. */
  readonly pitch: number
  /** Large tiles in the strip that shows some bytes by themselves. */
  readonly strip: { readonly tiles: number; readonly pitch: number }
  readonly events: { readonly columns: number; readonly height: number; readonly gap: number }
  /** The tiles of the message: a letter of text each, and of the call. */
  readonly letters: { readonly text: number; readonly call: number }
}

export const wide: Layout = {
  width: 840,
  gutter: 124,
  pitch: 7.4,
  strip: { tiles: 26, pitch: 27.6 },
  events: { columns: 8, height: 54, gap: 6 },
  letters: { text: 34, call: 24.6 },
}

export const narrow: Layout = {
  width: 364,
  gutter: 0,
  pitch: 7,
  strip: { tiles: 14, pitch: 26 },
  events: { columns: 4, height: 54, gap: 6 },
  letters: { text: 30.3, call: 30.3 },
}
