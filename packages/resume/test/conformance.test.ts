import { memoryStore } from '@tesserae/resume'
import { conformance } from '@tesserae/resume/conformance'
import { describe, expect, test } from 'vitest'

describe('memoryStore', () => {
  const store = memoryStore()
  test.each(conformance)('$title', async ({ run }) => {
    await run({ first: store, second: store })
    expect(run).toBeTypeOf('function')
  })
})
