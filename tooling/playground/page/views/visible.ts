import { isUnseen } from '../stream/cells.ts'

const JOINER = 0x200d

/**
 * A text in which nothing is hidden and nothing moves its neighbours: what cannot be seen is escaped as in JSON, and so is
 * what joins others but stands alone. Tabs and line feeds stay.
 */
export function visible(text: string): string {
  return text.replace(/[^\t\n -~]/gu, (character, at: number) => {
    const point = character.codePointAt(0) ?? 0
    const isAlone = point === JOINER && (text[at - 1] === '"' || text[at + 1] === '"')
    if (point >= 0x20 && point !== 0x7f && !isUnseen(point) && !isAlone) return character
    return `\\u${point.toString(16).padStart(4, '0')}`
  })
}
