/**
 * Places and cursors. The id of an event on the wire is the place of its record: `<epoch>-<number>`.
 */
import { badCursor } from './errors.ts'
import type { Place } from './store.ts'

/** The id that `@tesserae/encoder` gives to the last event of a stream with `final: true`: the client has everything. */
export const FINAL_ID = 'tesserae:final'

/** The largest number. No record has it, so it is the cursor of clients that know that the log is damaged. */
export const LARGEST_NUMBER = 999_999_999_999_999

const CURSOR = /^(\d{1,15})-(\d{1,15})$/

/** @throws {@link ResumeError} with the code `bad-cursor` */
export function parseCursor(text: string): Place {
  const [, epoch, number] = CURSOR.exec(text) ?? []
  if (epoch === undefined) throw badCursor()
  return { epoch: Number(epoch), number: Number(number) }
}

export function idOf(epoch: number, number: number): string {
  return `${epoch}-${number}`
}

/** Negative, 0 or positive, as in `sort`. */
export function compare(a: Place, b: Place): number {
  return a.epoch - b.epoch || a.number - b.number
}

/** The first place beyond another, for reading on. */
export function beyond({ epoch, number }: Place): Place {
  return { epoch, number: number + 1 }
}
