import type { Server } from 'node:http'

/** What a parser of any make is asked for. Each call parses one whole stream with a fresh parser. */
export interface TimedParser {
  /** Reads the data of every event, as text. */
  read(chunks: readonly Uint8Array[]): Outcome
  /** Counts the events called `name` (`undefined`: those without a name) and leaves their data be. */
  unread(chunks: readonly Uint8Array[], name: string | undefined): Outcome
  /** Keeps everything, for the comparison that comes before any clock is started. */
  collect(chunks: readonly Uint8Array[]): CollectedEvent[]
}

/** What a parser of any make that takes text is asked for. */
export interface TimedTextParser {
  /** Reads the data of every event. */
  readText(chunks: readonly string[]): Outcome
  collectText(chunks: readonly string[]): CollectedEvent[]
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

export interface SentEvent {
  readonly event: string
  readonly id: string
  readonly data: string
}

/** What an encoder of any make is asked for, an event at a time. */
export interface TimedEncoder {
  /** Each event to a string, whose last character is read: V8 never flattens a string that is not read. */
  text(events: readonly SentEvent[]): Outcome
  /** Each event to bytes after the last one, in a buffer that begins anew when it is nearly full. */
  bytes(events: readonly SentEvent[], buffer: Uint8Array): Outcome
  /** All of it, for the comparison that comes before any clock is started. */
  collect(events: readonly SentEvent[]): string
}

/** What a reader of chat completions is asked for: all of one stream, as the message that it makes. */
export interface TimedReader {
  read(chunks: readonly Uint8Array[]): Message | Promise<Message>
}

/** What a message says, as far as these streams say anything. */
export interface Message {
  readonly content: string
  readonly reasoning: string
  readonly arguments: string
}

/** What a server of any make is asked for. It runs in a process of its own, whose CPU time is what counts. */
export interface TimedServer {
  /** Sends so many events to each of so many clients, and says what they got. */
  send(clients: number, events: number): Promise<Outcome>
}

/** What its process has to start. */
export interface ServedStreams {
  /** It need not listen yet. */
  readonly server: Server
  /** Sends to all clients there are, for servers that broadcast; others begin by themselves with each request. */
  broadcast?(events: number): Promise<void> | void
}

/** JSON of the size that a model's tokens come in. */
export const payloads: readonly string[] = Array.from({ length: 64 }, (_, index) =>
  JSON.stringify({
    id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
    object: 'chat.completion.chunk',
    created: 1741569952,
    model: 'gpt-4.1-2025-04-14',
    choices: [{ index: 0, delta: { content: ` word ${index}` }, finish_reason: null }],
  }),
)

/** The same as objects: a broadcast serialises its payloads itself. */
export const values: readonly object[] = payloads.map((payload) => JSON.parse(payload))
