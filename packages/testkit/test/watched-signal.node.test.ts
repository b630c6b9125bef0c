import { expect, test } from 'vitest'
import { watchedSignal } from '@tesserae/testkit'

// Workers refuse listeners that capture.

test('a listener that captures is another one', () => {
  const { signal, listeners } = watchedSignal()
  const listener = () => {}
  signal.addEventListener('abort', listener)
  signal.addEventListener('abort', listener, true)
  expect(listeners()).toBe(2)
  signal.removeEventListener('abort', listener, { capture: true })
  expect(listeners()).toBe(1)
})
