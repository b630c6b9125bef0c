import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** Leaves the counts and the names of failed tests in `.reports/`, where the closing lines of `npm test` read them. */
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
    const failures: { file: string; name: string }[] = []
    for (const module of modules) {
      // A file that breaks before its first test has no test to fail, and is one failure all the same.
      if (module.errors().length > 0) {
        counts.failed++
        failures.push({ file: module.relativeModuleId, name: '(the file itself)' })
      }
      // The short run only loads a long suite: that it loads is one test that passed.
      else if (this.#loadsOnly(module)) {
        counts.passed++
        continue
      }
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'passed' ? 'passed' : state === 'failed' ? 'failed' : 'skipped']++
        if (state === 'failed')
          failures.push({ file: module.relativeModuleId, name: test.fullName })
      }
    }
    mkdirSync('.reports', { recursive: true })
    writeFileSync(`.reports/${this.#name}.json`, `${JSON.stringify({ ...counts, failures })}\n`)
  }
}
