import type { Scene } from '../../server/scene.ts'

export type { Scene }

/** What is no stream of chat completions, by the name of its dialect. */
export const otherApis: Readonly<Record<string, string>> = {
  messages: 'the Messages API of Anthropic',
  gemini: 'the API of Gemini',
  responses: 'the Responses API',
  events: 'a stream of other events',
  'llama-completion': 'the completion API of llama.cpp',
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
    // Browsers send no characters beyond Latin-1 in a header, and say so only by sending nothing.
    if (!found || !/^[\t\x20-\x7e\x80-\xff]*$/.test(found[2]!)) return { wrong: line }
    headers[found[1]!] = found[2]!
  }
  return { headers }
}
