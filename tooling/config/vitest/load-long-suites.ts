import { type RunnerTask, type RunnerTestFile, TestRunner } from 'vitest'

/**
 * The runner of the short run. It imports the `*.long.ts` files too and skips their tests, so that a long suite that
 * cannot load fails `npm test` on the day it breaks and not in the nightly run.
 */
export default class LoadLongSuites extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    for (const file of files) if (file.filepath.endsWith('.long.ts')) skip(file)
  }
}

function skip(task: RunnerTask): void {
  task.mode = 'skip'
  if ('tasks' in task) task.tasks.forEach(skip)
}
