import type { Outcome } from './parser-face.ts'

/** What a server of any make is asked for. It runs in a process of its own, whose CPU time is what counts. */
export interface ServerFace {
  /** Sends so many events to each of so many clients, and says what they got. */
  send(clients: number, events: number): Promise<Outcome>
}

/** What its process has to start. */
export interface ServedStreams {
  readonly port: number
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
