/** An event with the field names of SSE. */
export interface ChunkEvent {
  readonly event?: string
  readonly data: string
}
