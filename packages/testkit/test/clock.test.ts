import { expect, test } from 'vitest'
import { manualClock } from '@tesserae/testkit'

test('timers run when they are due, in order of time, then of setting', async () => {
  const clock = manualClock()
  const ran: [string, number][] = []
  const set = (name: string, delay: number) =>
    clock.setTimeout(() => ran.push([name, clock.now()]), delay)
  set('b', 20)
  set('a', 10)
  set('c', 20)
  set('late', 31)
  set('past', -5)
  expect(clock.timers).toBe(5)
  await clock.advance(30)
  expect(ran).toEqual([
    ['past', 0],
    ['a', 10],
    ['b', 20],
    ['c', 20],
  ])
  expect(clock.now()).toBe(30)
  await clock.advance(1)
  expect(ran.at(-1)).toEqual(['late', 31])
})

test('a timer that is cleared does not run', async () => {
  const clock = manualClock()
  let ran = false
  clock.clearTimeout(clock.setTimeout(() => (ran = true), 5))
  clock.clearTimeout('no timer')
  await clock.advance(10)
  expect([ran, clock.timers]).toEqual([false, 0])
})

test('timers that others set, at once or after promises, run within the same move', async () => {
  const clock = manualClock()
  const ran: number[] = []
  const sleep = (delay: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, delay))
  const all = (async () => {
    await null
    for (let turn = 0; turn < 3; turn++) {
      await sleep(10)
      await null
      ran.push(clock.now())
    }
  })()
  await clock.advance(29)
  expect(ran).toEqual([10, 20])
  await clock.advance(1)
  await all
  expect(ran).toEqual([10, 20, 30])
})
