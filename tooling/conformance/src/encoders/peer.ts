import type { Peer } from '../area.ts'

/**
 * An encoder of any make. It gives the body of a response in which one event is sent, and no other. What it refuses it
 * throws.
 */
export interface EncoderPeer<Package = unknown> extends Peer<Package, Sent, Body | Promise<Body>> {
  /** What a caller of its API can give it. `text`: data that is sent as it is, where `data` would become JSON. */
  readonly takes: readonly Field[]
  /** It makes JSON of `data`: this takes it out again. */
  readonly json?: (data: string) => unknown
}

export type Body = string | Uint8Array

export const fields = ['event', 'id', 'data', 'text', 'comment', 'retry'] as const

export type Field = (typeof fields)[number]

/** One of `data` and `text` is there, or `comment`. A value may be any: callers without a type checker pass what they got. */
export interface Sent {
  readonly event?: string
  readonly id?: string
  readonly data?: string
  readonly text?: string
  readonly comment?: string
  readonly retry?: number
}
