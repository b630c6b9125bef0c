import { readFileSync } from 'node:fs'

/**
 * Milliseconds that this thread has worked, from some beginning: the clock without the time in which the thread could have run
 * and had no processor. The CPU time of the process has compilation and collection on other threads in it; that of a thread
 * Linux tells in ticks of 4 ms, which is as much as a batch. Elsewhere than on Linux it is the clock.
 */
export function worked(): number {
  const waited = waitedMs()
  return performance.now() - waited
}

function waitedMs(): number {
  if (process.platform !== 'linux') return 0
  // Nanoseconds on a processor, nanoseconds waiting for one, and how many times it was given one.
  const [, waited] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')
  return Number(waited) / 1e6
}
