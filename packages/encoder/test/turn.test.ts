import { eventStream } from '@tesserae/encoder/web'
import { describe, it } from 'vitest'
import { expectBurstToReject } from './support/burst.ts'

describe('many streams that begin within one turn', () => {
  it('reject when their sources fail before the head', () => expectBurstToReject(eventStream))
})
