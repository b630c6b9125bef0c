import type { Answer } from '../answers.ts'

/** Where a client asks, and what it has to say there beside its question. */
export interface Endpoint {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a client made of an answer. */
export interface Reading {
  /** The whole of it, in the client's own words. */
  readonly message?: unknown
  /** The error that it told of. */
  readonly error?: unknown
  /** What came, piece by piece. */
  readonly sequence?: readonly unknown[]
}

/** A program that reads answers. */
export interface ChatClient {
  readonly name: string
  /** Asks for an answer, in a stream, and reads it to its end; says when it has seen the first words. */
  read(endpoint: Endpoint, answer: Answer, seen: () => void): Promise<Reading>
  /** What it makes of an answer that comes in some way when nothing goes wrong. */
  expected(answer: Answer, way: string): Reading
  /** By the name of an answer, or of one with its way: why that is not the whole of it, where it is not. */
  readonly known?: Readonly<Record<string, string>>
  stop?(): Promise<void>
}
