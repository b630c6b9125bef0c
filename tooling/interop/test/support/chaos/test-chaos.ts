import { expect, it } from 'vitest'
import { isUnavailable } from '../../../src/until-ready.ts'
import { runChaos } from './run.ts'
import { type Scene, scenes } from './scenes.ts'

/** A test for each scene, all of them together for so many seconds. Without a Redis they are skipped. */
export function testChaos(seconds: number): void {
  const titles = Object.keys(scenes)
  const share = seconds / titles.length
  const timeout = (share + 300) * 1000
  it.for(titles)(`keeps streams whole through faults: %s`, { timeout }, async (title, { skip }) => {
    const problems = await runChaos(title, scenes[title] as Scene, share).catch(
      (error: unknown) => {
        if (isUnavailable(error)) skip(error.message)
        throw error
      },
    )
    expect(problems).toEqual([])
  })
}
