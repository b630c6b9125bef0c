export type EngineErrorCode =
  /** The server cannot be had on this machine, or not now. */
  | 'unavailable'
  /** It can be had, and did not start. */
  | 'not-started'
  /** It went away, or fell silent, while it was needed. */
  | 'gone'

export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineErrorCode

  constructor(code: EngineErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
