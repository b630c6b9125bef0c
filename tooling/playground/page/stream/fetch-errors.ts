/** More than this is not kept: the page holds a stream in memory as long as it shows it. */
export const MOST_BYTES = 64 * 1024 * 1024

/** The page keeps no more of a stream. */
export class TooLong extends Error {
  constructor() {
    super(`The page keeps at most ${MOST_BYTES >> 20} MiB of a stream. It stopped reading there.`)
    this.name = 'TooLong'
  }
}

/** The local server could not reach the address that it was asked to forward to. */
export class ForwarderError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'ForwarderError'
    this.code = code
  }
}
