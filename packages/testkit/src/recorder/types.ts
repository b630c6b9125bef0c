import type { Secrets } from '../transcript/secrets.ts'

/** Options of {@link record}. */
export interface RecordOptions {
  /** Default: `GET`, or `POST` when there is something to send. */
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What to send, as it is. */
  readonly body?: string | Uint8Array | undefined
  /** What to send as JSON, with the content type that says so. Goes before `body`. */
  readonly json?: unknown
  /** The transcript's title. Default: method and path. */
  readonly title?: string | undefined
  /** The transcript's provenance, such as engine, version, date and licence. */
  readonly provenance?: Readonly<Record<string, string>> | undefined
  /** What is removed beside what always is. */
  readonly secrets?: Secrets | undefined
  /** Where recording stops. */
  readonly limits?: RecordLimits | undefined
  /** Makes a recording of a client that goes away. */
  readonly abort?: RecordAbort | undefined
  /** Stops the recording; what has arrived by then is kept. */
  readonly signal?: AbortSignal | undefined
  /** For https: the certificate authority to trust instead of the usual ones, in PEM. */
  readonly ca?: string | undefined
}

/** A response that goes on for longer ends as `aborted`. */
export interface RecordLimits {
  /** Default: 600,000, which is ten minutes. */
  readonly ms?: number | undefined
  /** Of the response, all told. Default: 67,108,864, which is 64 MiB. */
  readonly bytes?: number | undefined
}

/** When the client closes the connection. */
export interface RecordAbort {
  /** As soon as this many bytes of the response have arrived; the read that brought them is kept whole. */
  readonly afterBytes?: number | undefined
  /** This long after the request was sent. */
  readonly afterMs?: number | undefined
}
