const seen = new Map<string, boolean>()
/** Whatever has no font looks like this: no font has the last private character. */
const NOWHERE = '\u{10FFFD}'
/** Latin, Greek and Cyrillic are in every font; what comes after may not be. */
const RARE = /[\u0900-\uffff]|\p{Emoji_Presentation}/gu
/** More different characters than this are not checked. */
const MOST = 200

/** Whether a text has a character that appears as a box on this system, because no font has it. */
export function hasBoxes(text: string): boolean {
  const characters = new Set(text.match(RARE))
  return [...characters].slice(0, MOST).some(isBox)
}

function isBox(character: string): boolean {
  const known = seen.get(character)
  if (known !== undefined) return known
  const is = picture(character) === picture(NOWHERE)
  seen.set(character, is)
  return is
}

function picture(character: string): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 24
  const context = canvas.getContext('2d')
  if (!context) return ''
  context.font = '16px ui-sans-serif, system-ui, sans-serif'
  context.fillText(character, 2, 18)
  return canvas.toDataURL()
}
