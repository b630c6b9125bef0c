import { describe, expect, test } from 'vitest'
import { watchedSignal } from '@tesserae/testkit'

describe('listeners are counted', () => {
  test('as they come and go', () => {
    const { signal, listeners } = watchedSignal()
    const one = () => {}
    const two = { handleEvent() {} }
    signal.addEventListener('abort', one)
    signal.addEventListener('abort', two)
    expect(listeners()).toBe(2)
    signal.removeEventListener('abort', one)
    expect(listeners()).toBe(1)
    signal.removeEventListener('abort', one)
    expect(listeners()).toBe(1)
    signal.removeEventListener('abort', two)
    expect(listeners()).toBe(0)
  })

  test('once each, as the platform adds them', () => {
    const { signal, listeners } = watchedSignal()
    const listener = () => {}
    signal.addEventListener('abort', listener)
    signal.addEventListener('abort', listener)
    signal.addEventListener('abort', listener, { capture: false })
    signal.addEventListener('abort', listener, null as never)
    expect(listeners()).toBe(1)
  })

  test('as long as the signal that ends them lives', () => {
    const { signal, listeners } = watchedSignal()
    const until = new AbortController()
    signal.addEventListener('abort', () => {}, { signal: until.signal })
    expect(listeners()).toBe(1)
    until.abort()
    expect(listeners()).toBe(0)
    signal.addEventListener('abort', () => {}, { signal: until.signal })
    expect(listeners()).toBe(0)
  })

  test('until they have run, if they run once', () => {
    const { signal, abort, listeners } = watchedSignal()
    let ran = 0
    signal.addEventListener('abort', () => ran++, { once: true })
    signal.addEventListener('abort', () => ran++)
    abort()
    expect([ran, listeners()]).toEqual([2, 1])
  })

  test('with the one in onabort', () => {
    const { signal, abort, listeners } = watchedSignal()
    let ran = ''
    signal.onabort = () => (ran += 'no')
    expect(listeners()).toBe(1)
    signal.onabort = () => (ran += 'yes')
    expect(listeners()).toBe(1)
    abort()
    expect(ran).toBe('yes')
    signal.onabort = null
    expect(listeners()).toBe(0)
  })
})

test('it is a signal like any other', () => {
  const { signal, abort } = watchedSignal()
  expect(signal).toBeInstanceOf(AbortSignal)
  expect(AbortSignal.any([signal]).aborted).toBe(false)
  const heard: unknown[] = []
  signal.addEventListener('abort', () => heard.push(signal.reason))
  abort('why')
  expect([signal.aborted, heard]).toEqual([true, ['why']])
})
