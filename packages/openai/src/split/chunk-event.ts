/** An event as every encoder takes it: its fields are named as on the wire. */
export interface ChunkEvent {
  readonly event?: string
  readonly data: string
}
