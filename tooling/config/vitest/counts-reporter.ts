import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** Leaves `{ passed, failed, skipped }` in `.reports/`, where the closing line of `npm test` adds it up. */
export class CountsReporter implements Reporter {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  #loadsOnly({ moduleId }: TestModule): boolean {
    return this.#name === 'test' && moduleId.endsWith('.long.ts')
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) {
      // A file that breaks before its first test has no test to fail, and is one failure all the same.
      if (module.errors().length > 0) counts.failed++
      // The short run only loads a long suite: that it loads is one test that passed.
      else if (this.#loadsOnly(module)) {
        counts.passed++
        continue
      }
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'passed' ? 'passed' : state === 'failed' ? 'failed' : 'skipped']++
      }
    }
    mkdirSync('.reports', { recursive: true })
    writeFileSync(`.reports/${this.#name}.json`, `${JSON.stringify(counts)}\n`)
  }
}
