/** A colour by day and by night. */
export interface Colour {
  readonly light: string
  readonly dark: string
}

const colour = (light: string, dark: string): Colour => ({ light, dark })

/** Stone for bytes that nobody looks for: of two sorts, so that neighbouring pieces differ, in three shades. */
const stone = {
  a0: colour('#e9e1cf', '#3b362c'),
  a1: colour('#e0d6c1', '#474134'),
  a2: colour('#d6cbb3', '#322e26'),
  b0: colour('#d7dde2', '#2b3441'),
  b1: colour('#cad2d9', '#354151'),
  b2: colour('#bec8d0', '#252d38'),
}

/** Glass for what an event brings, of one colour from the bytes to the message. */
const glass = {
  e0: colour('#66707c', '#7f8a97'),
  e1: colour('#1f5fb0', '#6ba6f5'),
  e2: colour('#0b7a75', '#3fc1b5'),
  e3: colour('#9c5d08', '#f0b13c'),
  e4: colour('#b8432f', '#f5836b'),
  e5: colour('#7b3f98', '#c792ea'),
  e6: colour('#3d7a1f', '#8fcf5f'),
  e7: colour('#66707c', '#7f8a97'),
}

const ink = {
  /** On nothing, on stone, on glass. */
  text: colour('#1f2328', '#e6edf3'),
  soft: colour('#57606a', '#9aa4b0'),
  on: colour('#ffffff', '#0d1117'),
  /** The blank line that ends an event, and a cut. */
  end: colour('#24292f', '#dfe5ec'),
  cut: colour('#d1242f', '#ff7b72'),
}

const palette: Readonly<Record<string, Colour>> = { ...stone, ...glass, ...ink }

/** The colours as style rules: those of the day, and for who prefers the dark those of the night. */
export function coloursAsStyle(): string {
  return `${rules('light')}\n@media(prefers-color-scheme:dark){${rules('dark')}}`
}

function rules(scheme: keyof Colour): string {
  return Object.entries(palette)
    .map(([name, { [scheme]: value }]) => `.${name}{color:${value};fill:${value}}`)
    .join('')
}
