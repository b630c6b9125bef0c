const timer = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** At least one whole turn: on a busy machine a timer is due before the turn in which it was set has ended. */
export const sleep = (milliseconds: number): Promise<void> =>
  timer(milliseconds).then(() => timer(0))
