const LOOKS = 5
const PAUSE = 20

/**
 * Waits until something was counted, and then until the count has stayed the same for some looks in a row. On a busy machine a stream may need much longer than
 * usual to fill up, so no fixed time will do. A count that never rests ends as a test that takes too long.
 */
export async function untilStill(count: () => number): Promise<void> {
  let before = 0
  for (let same = 0; same < LOOKS; same = count() > 0 && count() === before ? same + 1 : 0) {
    before = count()
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}
