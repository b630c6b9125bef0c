import { describe, expect, test } from 'vitest'
import { measureExponent, recogniseQuadratic, TestkitError } from '@tesserae/testkit'

// Real time, so not for the runtimes whose clocks stand still while code runs.

describe('with the clock of this machine', () => {
  test('quadratic work is told from linear work', async () => {
    const { linear, quadratic } = await recogniseQuadratic()
    expect(linear).toBeLessThan(1.5)
    expect(quadratic).toBeGreaterThan(1.5)
  })

  test('a claim of linear time fails for code that looks at its whole buffer for each chunk', async () => {
    const { exponent } = await measureExponent((size) => {
      const chunk = 'x'.repeat(16)
      return () => {
        let text = ''
        let found = 0
        for (let at = 0; at < size; at += 16) {
          text += chunk
          if (text.includes('\n')) found++
        }
        return found
      }
    })
    expect(exponent).toBeGreaterThan(1.5)
  })
})

describe('a clock that cannot tell them apart', () => {
  test('makes recogniseQuadratic throw', async () => {
    let time = 0
    // Everything takes as long as everything else, by this clock.
    const now = () => (time += 10)
    const measuring = recogniseQuadratic({ now, shortest: 1 })
    await expect(measuring).rejects.toThrow('Linear work measured 0.00 and quadratic work 0.00')
    await expect(measuring).rejects.toThrow(TestkitError)
  })
})
