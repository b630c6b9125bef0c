/** What a reader of chat completions is asked for: all of one stream, as the message that it makes. */
export interface MessageFace {
  read(chunks: readonly Uint8Array[]): Message | Promise<Message>
}

/** What a message says, as far as these streams say anything. */
export interface Message {
  readonly content: string
  readonly reasoning: string
  readonly arguments: string
}
