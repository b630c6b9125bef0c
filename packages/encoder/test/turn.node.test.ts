import { describe, it, vi } from 'vitest'
// Not the package: the test needs a copy that was evaluated without `setImmediate`.
import type * as web from '../src/web.ts'
import { expectBurstToReject } from './support/burst.ts'

describe('many streams that begin within one turn, without setImmediate as in a browser', () => {
  it('reject when their sources fail before the head', async () => {
    vi.resetModules()
    vi.stubGlobal('setImmediate', undefined)
    const { eventStream }: typeof web = await import('../src/web.ts')
    vi.unstubAllGlobals()
    await expectBurstToReject(eventStream)
  })
})
