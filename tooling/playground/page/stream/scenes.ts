/** Something that the server plays. */
export interface Scene {
  readonly id: string
  readonly title: string
  readonly from: string
  readonly dialect: string
  readonly note: string
  readonly bytes: number
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** How it is to be played. */
export interface Playing {
  /** Empty for the scene's own, `recorded`, `max`, or a number of events a second. */
  readonly speed: string
  readonly cuts: string
  /** Empty for none. */
  readonly fault: string
  readonly at: number
}

export const defaultPlaying: Playing = { speed: '', cuts: 'recorded', fault: '', at: 0.5 }

/** What is to be fetched. */
export interface StreamRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly dialect: string
  readonly maxEventBytes?: number | undefined
}

export function sceneRequest(scene: Scene, playing: Playing, limit?: number): StreamRequest {
  const { speed, cuts, fault, at } = playing
  const isNumber = /^\d+$/.test(speed)
  const own = scene.body['playground']
  const playground = {
    ...(typeof own === 'object' && own),
    ...(speed !== '' && { speed: isNumber ? Number(speed) : speed }),
    cuts,
    // One that can be told in a bug report: the same cuts each time.
    ...((cuts === 'random' || cuts === 'hostile') && { seed: 1 }),
    ...(fault !== '' && (fault === 'stall-for-ever' ? { fault: 'stall', stallMs: 0 } : { fault })),
    ...(fault !== '' && { at }),
  }
  return {
    url: scene.path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...scene.body, playground }),
    dialect: scene.dialect,
    maxEventBytes: limit,
  }
}

/** Takes headers as people write them, one a line. Answers which line is none. */
export function readHeaders(
  text: string,
): { readonly headers: Record<string, string> } | { readonly wrong: string } {
  const headers: Record<string, string> = {}
  for (const line of text.split('\n').map((line) => line.trim())) {
    if (line === '') continue
    const found = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line)
    if (!found) return { wrong: line }
    headers[found[1]!] = found[2]!
  }
  return { headers }
}
