const LOOKS = 5
const PAUSE = 20

/**
 * Waits until a count has stayed the same for some looks in a row. On a busy machine a stream may need much longer than
 * usual to fill up, so no fixed time will do. A count that never rests ends as a test that takes too long.
 */
export async function untilStill(count: () => number): Promise<void> {
  let before = -1
  for (let same = 0; same < LOOKS; same = count() === before ? same + 1 : 0) {
    before = count()
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}
