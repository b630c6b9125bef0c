/**
 * What every store must do, as cases for any test runner. Each case gets a fresh name, and two clients of the same store.
 */
import { conformanceFailure } from './errors.ts'
import type { Entry, Place, Store } from './store.ts'

export type { Entry, Place, Store, StoreAppendOptions } from './store.ts'

/** Two stores over the same data, each with a client of its own. They may be the same object if there is only one client. */
export interface StorePair {
  readonly first: Store
  readonly second: Store
}

/** One requirement. */
export interface ConformanceCase {
  readonly title: string
  /** Rejects if the store does not meet the requirement. */
  run(stores: StorePair): Promise<void>
}

const KEEP = 60_000
const RACERS = 20
const LARGE = 1_048_576
const MANY = 3000
/** Long, because a busy machine may be slow; a store that works needs milliseconds. */
const HINT_WAIT = 20_000

const create = { create: true, keep: KEEP }
const noCreate = { create: false, keep: KEEP }

let names = 0
/** Every case has a log of its own, also when the store outlives the run. */
function freshName(): string {
  names++
  return `conformance-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${names} ü/1:{x}`
}

const at = (epoch: number, number: number): Place => ({ epoch, number })

/**
 * The cases. Run each as a test.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@tesserae/resume'
 * import { conformance } from '@tesserae/resume/conformance'
 *
 * const store = memoryStore()
 * for (const { title, run } of conformance) await run({ first: store, second: store }) // in a test runner: test(title, …)
 * ```
 */
export const conformance: readonly ConformanceCase[] = [
  {
    title: 'append() stores an entry beyond the last place, by epoch first and number second',
    async run({ first, second }) {
      const name = freshName()
      equal(await first.append(name, at(1, 0), 'a', create), 'stored')
      equal(await second.append(name, at(1, 7), 'b', noCreate), 'stored')
      equal(await first.append(name, at(2, 0), 'c', noCreate), 'stored')
      equal(await second.append(name, at(2, 3), 'd', create), 'stored')
      equal(await first.append(name, at(10, 0), 'e', create), 'stored')
      equal(bodies(await second.read(name, undefined, 10)), ['a', 'b', 'c', 'd', 'e'])
    },
  },
  {
    title: 'append() refuses the last place and every place before it, and changes nothing',
    async run({ first, second }) {
      const name = freshName()
      await first.append(name, at(2, 5), 'kept', create)
      for (const place of [at(2, 5), at(2, 4), at(2, 0), at(1, 9), at(1, 999_999_999_999_999)]) {
        equal(await second.append(name, place, 'refused', create), 'refused')
        equal(await first.append(name, place, 'refused', noCreate), 'refused')
      }
      equal(bodies(await second.read(name, undefined, 10)), ['kept'])
    },
  },
  {
    title: `of ${RACERS} appends at one place at the same time exactly one is stored`,
    async run({ first, second }) {
      const name = freshName()
      for (let epoch = 1; epoch <= 5; epoch++) {
        const answers = await Promise.all(
          Array.from({ length: RACERS }, (_, n) =>
            (n % 2 ? first : second).append(name, at(epoch, 0), `${epoch}-${n}`, create),
          ),
        )
        equal(answers.filter((answer) => answer === 'stored').length, 1)
        equal(answers.filter((answer) => answer === 'refused').length, RACERS - 1)
        const winner = `${epoch}-${answers.indexOf('stored')}`
        equal(bodies(await second.last(name, 1)), [winner])
        equal((await first.read(name, undefined, 100)).length, epoch)
      }
    },
  },
  {
    title: 'append() without `create` answers `gone` if there is no log, and none comes about',
    async run({ first, second }) {
      const name = freshName()
      equal(await first.append(name, at(3, 1), 'x', noCreate), 'gone')
      equal(await second.read(name, undefined, 1), [])
      equal(await first.last(name, 1), [])
    },
  },
  {
    title: 'what was stored is read by every client from then on, in order and without holes',
    async run({ first, second }) {
      const name = freshName()
      await first.append(name, at(1, 0), '0', create)
      for (let number = 1; number <= 50; number++) {
        const [writer, reader] = number % 2 ? [first, second] : [second, first]
        await writer.append(name, at(1, number), `${number}`, noCreate)
        const expected = Array.from({ length: number + 1 }, (_, n) => `${n}`)
        equal(bodies(await reader.read(name, undefined, 100)), expected)
      }
    },
  },
  {
    title: 'read() begins at a place, including it, whether an entry stands there or not',
    async run({ first, second }) {
      const name = freshName()
      for (const [place, body] of [
        [at(1, 0), 'a'],
        [at(1, 10), 'b'],
        [at(3, 0), 'c'],
        [at(3, 12), 'd'],
      ] as const)
        await first.append(name, place, body, create)
      const from = async (epoch: number, number: number, limit = 10): Promise<string[]> =>
        bodies(await second.read(name, at(epoch, number), limit))
      equal(await from(1, 0), ['a', 'b', 'c', 'd'])
      equal(await from(1, 1), ['b', 'c', 'd'])
      equal(await from(1, 10), ['b', 'c', 'd'])
      equal(await from(1, 11), ['c', 'd'])
      equal(await from(2, 5), ['c', 'd'])
      equal(await from(3, 12), ['d'])
      equal(await from(3, 13), [])
      equal(await from(4, 0), [])
      equal(await from(1, 1, 2), ['b', 'c'])
      equal(bodies(await second.read(name, undefined, 3)), ['a', 'b', 'c'])
      const [entry] = await first.read(name, at(3, 1), 1)
      equal([entry?.epoch, entry?.number, entry?.body], [3, 12, 'd'])
    },
  },
  {
    title: 'last() has the newest entries, the newest first',
    async run({ first, second }) {
      const name = freshName()
      equal(await first.last(name, 4), [])
      for (let number = 0; number < 6; number++)
        await first.append(name, at(1, number), `${number}`, create)
      equal(bodies(await second.last(name, 4)), ['5', '4', '3', '2'])
      equal(bodies(await first.last(name, 100)), ['5', '4', '3', '2', '1', '0'])
      const [newest] = await second.last(name, 1)
      equal([newest?.epoch, newest?.number], [1, 5])
    },
  },
  {
    title: 'remove() deletes the whole log, and the name can be used again',
    async run({ first, second }) {
      const name = freshName()
      await first.append(name, at(5, 0), 'old', create)
      await second.remove(name)
      equal(await first.read(name, undefined, 10), [])
      equal(await first.append(name, at(5, 1), 'x', noCreate), 'gone')
      equal(await second.append(name, at(1, 0), 'new', create), 'stored')
      equal(bodies(await first.read(name, undefined, 10)), ['new'])
      await first.remove(freshName())
    },
  },
  {
    title: 'logs of different names are independent, whatever characters the names have',
    async run({ first, second }) {
      const base = freshName()
      const all = [base, `${base}:`, `${base}/*`, `${base}'";--`, `${base}😀`, base.toUpperCase()]
      for (const [index, name] of all.entries())
        await first.append(name, at(1, index), `body ${index}`, create)
      for (const [index, name] of all.entries())
        equal(bodies(await second.read(name, undefined, 10)), [`body ${index}`])
    },
  },
  {
    title: 'bodies come back as they were: every kind of character, and the empty one',
    async run({ first, second }) {
      const name = freshName()
      const texts = [
        '',
        ' ',
        '\n\n',
        '\0',
        'a\0b\u0001c\u0001\0',
        '\r\n\t\u001f\u007f\u0085\u2028',
        '"\'\\\\n$1 %s {}',
        '\\0 \\ \0 \\',
        'é漢😀\ufeff\uffff',
        'null',
        '123',
        '{"a":1}',
      ]
      for (const [index, text] of texts.entries())
        equal(await first.append(name, at(1, index), text, create), 'stored')
      equal(bodies(await second.read(name, undefined, 100)), texts)
      equal(bodies(await second.last(name, 100)), texts.toReversed())
    },
  },
  {
    title: 'a body of 1 MiB comes back as it was',
    async run({ first, second }) {
      const name = freshName()
      const body = 'data: é漢😀 0123456789\n\n'.repeat(Math.ceil(LARGE / 24)).slice(0, LARGE)
      await first.append(name, at(1, 0), body, create)
      const [entry] = await second.read(name, undefined, 1)
      equal(entry?.body === body, true)
    },
  },
  {
    title: 'places have numbers of up to 15 digits',
    async run({ first, second }) {
      const name = freshName()
      const place = at(999_999_999_999_998, 999_999_999_999_998)
      equal(await first.append(name, place, 'a', create), 'stored')
      equal(
        await first.append(name, at(999_999_999_999_998, 999_999_999_999_997), 'b', create),
        'refused',
      )
      equal(
        await second.append(name, at(999_999_999_999_998, 999_999_999_999_999), 'c', create),
        'stored',
      )
      equal(await second.append(name, at(999_999_999_999_999, 0), 'd', create), 'stored')
      const entries = await first.read(name, place, 10)
      equal(
        entries.map(({ number }) => number),
        [999_999_999_999_998, 999_999_999_999_999, 0],
      )
    },
  },
  {
    title: `a log has ${MANY} entries, read in pages`,
    async run({ first, second }) {
      const name = freshName()
      await first.append(name, at(1, 0), '', create)
      for (let number = 1; number < MANY; number++)
        await first.append(name, at(1, number), `data: ${number}\n\n`, noCreate)
      let from = at(1, 0)
      let seen = 0
      for (;;) {
        const page = await second.read(name, from, 512)
        if (page.length === 0) break
        for (const { number } of page) equal(number, seen++)
        from = at(1, seen)
      }
      equal(seen, MANY)
    },
  },
  {
    title: 'watch(), if there is one, wakes with the epoch of an entry, and not after it was ended',
    async run({ first, second }) {
      if (!first.watch || !second.watch) return
      const name = freshName()
      await first.append(name, at(1, 0), 'a', create)
      const woken: number[] = []
      let wake: () => void = () => {}
      const end = second.watch(name, (epoch) => {
        woken.push(epoch)
        wake()
      })
      const other = second.watch(freshName(), () => woken.push(-1))
      // A hint may be lost, above all while the subscription is being made. So entries are added until one arrives.
      const deadline = Date.now() + HINT_WAIT
      for (let number = 1; !woken.includes(7) && Date.now() < deadline; number++) {
        const hint = new Promise<void>((resolve) => (wake = resolve))
        await first.append(name, at(7, number), 'b', noCreate)
        await Promise.race([hint, pause(100)])
      }
      equal(woken.includes(7), true)
      equal(woken.includes(-1), false)
      end()
      other()
      await pause(50)
      const count = woken.length
      await first.append(name, at(8, 0), 'c', noCreate)
      await pause(50)
      equal(woken.length, count)
    },
  },
]

function bodies(entries: readonly Entry[]): string[] {
  return entries.map(({ body }) => body)
}

function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw conformanceFailure(a, b)
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
