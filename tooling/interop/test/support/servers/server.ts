import type { Running } from '../../../src/until-ready.ts'

export type { Running }

/** A server that plays the script. */
export interface Server {
  readonly name: string
  /** Which clients can speak with it: `h2` is HTTP/2 alone, over TLS with a certificate of its own. */
  readonly protocol: 'h1' | 'h2'
  start(): Promise<Running>
}
