import { noAnswer, unavailable } from './errors.ts'
import type { Log } from './log.ts'
import type { PermanentError } from './permanent.ts'

const FIRST_PAUSE = 10
const LONGEST_PAUSE = 1000

/**
 * Asks the store until it answers, for `patience`. The pauses double from 10 ms to 1 s. A question that hangs is given up
 * at the same time; its answer no longer matters, because places only grow.
 *
 * @throws {@link ResumeError} with the code `unavailable`
 */
export async function ask<Answer>(log: Log, question: () => Promise<Answer>): Promise<Answer> {
  const { platform, patience } = log
  const deadline = platform.now() + patience
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await within(log, deadline, question)
    } catch (error) {
      if ((error as PermanentError | undefined)?.permanent || platform.now() + pause >= deadline)
        throw unavailable(error)
    }
    await new Promise<void>((resolve) => platform.timer(pause, resolve))
  }
}

function within<Answer>(
  { platform }: Log,
  deadline: number,
  question: () => Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const cancel = platform.timer(Math.max(deadline - platform.now(), 0), () => reject(noAnswer()))
    // Inside a promise, so that a store that throws instead of rejecting is handled the same way.
    Promise.resolve().then(question).then(resolve, reject).finally(cancel)
  })
}
