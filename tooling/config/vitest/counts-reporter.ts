import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Leaves the counts, what failed and why, and the reasons of skips in `.reports/`, where the closing lines of `npm test` read them. */
export class CountsReporter implements Reporter {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  #loadsOnly({ moduleId }: TestModule): boolean {
    return this.#name === 'test' && moduleId.endsWith('.long.ts')
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 }
    const failures: { file?: string; name: string; why: string }[] = unhandled.map(
      ({ message }) => ({ name: '(outside any test)', why: message }),
    )
    const skips = new Set<string>()
    for (const module of modules) {
      // A file that breaks before its first test has no test to fail, and is one failure all the same.
      if (module.errors().length > 0) {
        counts.failed++
        failures.push({
          file: module.relativeModuleId,
          name: '(the file itself)',
          why: module.errors()[0]!.message,
        })
      }
      // The short run only loads a long suite: that it loads is one test that passed.
      else if (this.#loadsOnly(module)) {
        counts.passed++
        continue
      }
      for (const test of module.children.allTests()) {
        const result = test.result()
        const { state } = result
        if (result.state === 'skipped' && result.note !== undefined) skips.add(result.note)
        counts[state === 'passed' ? 'passed' : state === 'failed' ? 'failed' : 'skipped']++
        if (result.state === 'failed') {
          const why = result.errors[0]?.message ?? ''
          failures.push({ file: module.relativeModuleId, name: test.fullName, why })
        }
      }
    }
    mkdirSync('.reports', { recursive: true })
    writeFileSync(
      `.reports/${this.#name}.json`,
      `${JSON.stringify({ ...counts, skips: [...skips], failures })}\n`,
    )
  }
}
