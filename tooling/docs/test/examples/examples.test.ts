import { beforeAll, describe, expect, test } from 'vitest'
import { repository as root } from '../../../config/workspaces.ts'
import { examplesOf } from '../support/examples/documents.ts'
import { play } from '../support/examples/play.ts'
import { typeCheck } from '../support/examples/type-check.ts'
import type { Example } from '../support/examples/types.ts'

const { examples, problems } = examplesOf(root)

test('every example is written as tooling/docs/examples.md says', () => {
  expect(problems.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([])
})

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0)
})

describe.each(byDocument())('$file', ({ examples: own }) => {
  let complaints: Map<Example, string[]>
  beforeAll(() => {
    complaints = checked()
  })

  test.each(own)('the example at line $line type-checks', (example) => {
    expect(complaints.get(example) ?? []).toEqual([])
  })

  test.concurrent.each(own.filter(({ noRun }) => noRun === undefined))(
    'the example at line $line does what it says',
    // They wait for one another, so the time that counts is the one that `play` gives each.
    { timeout: 600_000 },
    async (example) => {
      expect(await play(example)).toEqual([])
    },
  )

  for (const { line, noRun } of own)
    if (noRun !== undefined) console.log(`the example at line ${line} is not run: ${noRun}`)
})

function byDocument(): { file: string; examples: Example[] }[] {
  const files = [...new Set(examples.map(({ file }) => file))]
  return files.map((file) => ({ file, examples: examples.filter((each) => each.file === file) }))
}

let result: Map<Example, string[]> | undefined
function checked(): Map<Example, string[]> {
  return (result ??= typeCheck(examples))
}
