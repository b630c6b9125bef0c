import { decode } from './native.ts'

/** Bytes that events are views of. */
export class Memory {
  readonly bytes: Uint8Array
  /** All of them as text, if that is there, with a unit for each up to the first data. */
  readonly text: string | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Bytes `start` to `end` as text. */
  read(start: number, end: number): string {
    return decode(this.bytes, start, end)
  }
}
