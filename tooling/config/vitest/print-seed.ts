import type { TestProject } from 'vitest/node'

/** Once for a run, in whatever files and threads it is done. */
export default function printSeed({ config }: TestProject): void {
  const { FC_SEED, FC_RUNS } = config.env
  console.log(
    `Properties run ${FC_RUNS} times with seed ${FC_SEED}. To replay: FC_SEED=${FC_SEED} FC_RUNS=${FC_RUNS}`,
  )
}
