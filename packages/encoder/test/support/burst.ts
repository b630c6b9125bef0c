import { expect } from 'vitest'

/** `eventStream`: the type of the tested copy, which may be another one than the package's. */
type Begin = (source: () => Promise<never>, options: { onError(): void }) => Promise<Response>

/**
 * Begins a stream in every microtask, so that each begins in the middle of the turn of another one, and expects all of
 * them to reject: their sources fail a few microtasks later.
 */
export async function expectBurstToReject(begin: Begin): Promise<void> {
  const answers: Promise<string>[] = []
  for (let n = 0; n < 100; n++) {
    const source = async (): Promise<never> => {
      for (let round = 0; round < 5; round++) await undefined
      throw new Error(`no source ${n}`)
    }
    const answer = begin(source, { onError() {} }).then(
      () => 'answered',
      (error: Error) => error.message,
    )
    answers.push(answer)
    await undefined
  }
  expect(await Promise.all(answers)).toEqual(answers.map((_, n) => `no source ${n}`))
}
