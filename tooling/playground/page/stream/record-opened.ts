import { type Cuts, cutEnds } from './cuts.ts'
import type { Opened } from './open-file.ts'
import type { Protocol } from './protocol.ts'
import { Recording } from './recording.ts'

/** How something that was opened is read. */
export interface Reading {
  /** Where it is cut, if the file does not say. */
  readonly cuts: Cuts
  readonly protocol: Protocol | undefined
}

function contentTypeIn(headers: Opened['headers']): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
}

/** The recording of something that was opened: with the times of the file, or without any. */
export async function recordOpened(
  opened: Opened,
  { cuts, protocol }: Reading,
): Promise<Recording> {
  const { status, headers, headAt, hasTimes, pieces, end } = opened
  const recording = new Recording({
    status,
    headers,
    contentType: opened.contentType ?? contentTypeIn(headers),
    headAt: headAt ?? 0,
    timing: hasTimes ? 'recorded' : 'none',
    protocol,
  })
  let last = 0
  if (hasTimes) for (const { at, bytes } of pieces) recording.push(bytes, (last = at))
  else
    for (const { bytes } of pieces) {
      let from = 0
      for (const to of cutEnds(bytes, cuts)) {
        // Only the order counts: its steps are one apart.
        recording.push(bytes.subarray(from, to), ++last)
        from = to
      }
    }
  const error = end.how === 'failed' ? new TypeError('The recorded connection broke.') : undefined
  await recording.end({ at: hasTimes ? Math.max(last, end.at) : last + 1, how: end.how, error })
  return recording
}
