import { draw } from './draw.ts'
import { narrow, wide } from './layout.ts'
import { traceOf } from './trace.ts'

/** The pictures of the front page, each with the file that it is kept in. */
export async function pictures(): Promise<ReadonlyMap<string, string>> {
  const trace = await traceOf()
  return new Map([
    ['.github/stream.svg', draw(trace, wide)],
    ['.github/stream-narrow.svg', draw(trace, narrow)],
  ])
}
