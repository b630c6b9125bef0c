/** Something to play: the request that plays it, and what to say about it. */
export interface Scene {
  readonly id: string
  readonly title: string
  /** What answered, with its version; or a document; or that it was written here. */
  readonly from: string
  /** One of the systems, `openai`, or the name of another API. */
  readonly dialect: string
  /** What is interesting in it. */
  readonly note: string
  readonly bytes: number
  /** Whether the times at which it came were recorded. */
  readonly isTimed: boolean
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}
