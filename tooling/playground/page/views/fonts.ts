const seen = new Map<string, boolean>()
/** Whatever has no font looks like this: no font has the last private character. */
const NOWHERE = '\u{10FFFD}'
/** Latin, Greek and Cyrillic are in every font; what comes after may not be. */
const RARE = /[\u0900-\uffff]|\p{Emoji_Presentation}/gu
/** More different characters than this are not checked. */
const MOST = 200

/** Where a growing text has its first character that appears as a box, because no font of this system has it. */
export class Boxes {
  #scanned = 0
  #first = Infinity

  /** The place of that character; infinite while there is none. Each character is checked once. */
  firstIn(text: string): number {
    if (this.#first !== Infinity) return this.#first
    for (const { 0: character, index } of text.slice(this.#scanned).matchAll(RARE))
      if (isBox(character)) return (this.#first = this.#scanned + index)
    this.#scanned = text.length
    return Infinity
  }
}

function isBox(character: string): boolean {
  const known = seen.get(character)
  if (known !== undefined || seen.size >= MOST) return known ?? false
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
