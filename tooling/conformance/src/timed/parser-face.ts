/** What a parser of any make is asked for. Each call parses one whole stream with a fresh parser. */
export interface ParserFace {
  /** Reads the data of every event, as text. */
  read(chunks: readonly Uint8Array[]): Outcome
  /** Counts the events called `name` (`undefined`: those without a name) and leaves their data be. */
  unread(chunks: readonly Uint8Array[], name: string | undefined): Outcome
  /** Keeps everything, for the comparison that comes before any clock is started. */
  collect(chunks: readonly Uint8Array[]): CollectedEvent[]
}

export interface CollectedEvent {
  readonly event: string | undefined
  readonly data: string
}

/** What one iteration came to. The harness compares it each time, so no engine can leave the work out. */
export interface Outcome {
  readonly events: number
  readonly checksum: number
  /**
   * Set by work that takes its own time, such as the CPU seconds of a server in another process;
   * otherwise the harness takes the wall clock.
   */
  readonly nanoseconds?: number
}

/**
 * Adds a string to a checksum. Its length alone could be known without making the string, so the last
 * character is read too: that has a rope flattened, and costs the same however long the string is.
 */
export function addToChecksum(checksum: number, text: string): number {
  return (Math.imul(checksum, 31) + text.length + (text.charCodeAt(text.length - 1) | 0)) | 0
}
