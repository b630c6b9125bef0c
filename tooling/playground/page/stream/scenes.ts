import type { Scene } from '../../server/scenes.ts'
import type { StreamRequest } from './fetch-stream.ts'

export type { Scene }

/** How a scene is played. */
export interface Playing {
  /** Empty for a pace that is easy to watch, `recorded`, `max`, or a number of events a second. */
  readonly speed: string
  /** Empty for the cuts that fit the speed: by event, or as recorded with `recorded`. */
  readonly cuts: string
  /** Empty for none. */
  readonly fault: string
  readonly at: number
}

export const defaultPlaying: Playing = { speed: '', cuts: '', fault: '', at: 0.5 }

/** Events a second at which one can watch a message grow. */
export const EASY = 30

export function sceneRequest(scene: Scene, playing: Playing, limit?: number): StreamRequest {
  const { speed, cuts, fault, at } = playing
  const isRecorded = speed === 'recorded'
  const playground = {
    speed: speed === '' ? EASY : /^\d+$/.test(speed) ? Number(speed) : speed,
    cuts: cuts === '' ? (isRecorded ? 'recorded' : 'event') : cuts,
    // Cuts that can be named in a bug report: the same each time.
    ...((cuts === 'random' || cuts === 'hostile') && { seed: 1 }),
    ...(fault !== '' && (fault === 'stall-for-ever' ? { fault: 'stall', stallMs: 0 } : { fault })),
    ...(fault !== '' && { at }),
  }
  return {
    url: scene.path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...scene.body, playground }),
    timing: isRecorded && scene.isTimed ? 'replay' : 'paced',
    maxEventBytes: limit,
  }
}
