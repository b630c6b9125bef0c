import { ResumeError } from '@tesserae/resume'
import { conformance } from '@tesserae/resume/conformance'
import { sqliteStore, type SqliteStore } from '@tesserae/resume/sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isSupported = major > 22 || (major === 22 && minor >= 13)

if (isSupported) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sqlite-store-'))
  const file = path.join(folder, 'streams.db')
  const first = sqliteStore(file, { durability: 'normal' })
  const second = sqliteStore(file, { durability: 'normal' })

  afterAll(() => {
    first.close()
    second.close()
    rmSync(folder, { recursive: true })
  })

  describe('sqliteStore, two connections to one file', () => {
    // Hints do not cross connections.
    const { watch: _, ...withoutWatch } = first
    test.each(conformance)('$title', async ({ run }) => {
      expect(await run({ first: withoutWatch, second })).toBe(undefined)
    })

    test('a connection wakes its own readers', async () => {
      const watching = conformance.find(({ title }) => title.startsWith('watch()'))
      expect(await watching?.run({ first, second: first })).toBe(undefined)
    })

    test('what was stored is there after the file is opened again', async () => {
      const own = path.join(folder, 'again.db')
      const before = sqliteStore(own)
      await before.append('a', { epoch: 1, number: 0 }, 'kept', { create: true, keep: 60_000 })
      before.close()
      const after = sqliteStore(own)
      expect(await after.last('a', 1)).toEqual([{ epoch: 1, number: 0, body: 'kept' }])
      after.close()
    })

    /** A store whose commits roll back and fail, as long as `errcode` is a code of SQLite. */
    const failing = (): { own: SqliteStore; fail: (errcode: number | undefined) => void } => {
      const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
      let errcode: number | undefined
      class Failing extends DatabaseSync {
        override exec(sql: string): void {
          if (errcode !== undefined && sql === 'commit') {
            super.exec('rollback')
            throw Object.assign(new Error('the commit failed'), { errcode })
          }
          super.exec(sql)
        }
      }
      const { getBuiltinModule } = process
      process.getBuiltinModule = (() => ({ DatabaseSync: Failing })) as never
      try {
        return { own: sqliteStore(':memory:'), fail: (code) => void (errcode = code) }
      } finally {
        process.getBuiltinModule = getBuiltinModule
      }
    }

    test.each([
      ['a lock of another process', 5, false],
      ['a lock of the same process', 6, false],
      ['an attempt to write to a file that must not be written', 8, true],
      ['an error of input and output', 10, false],
      ['an error of input and output while it writes', 778, false],
      ['a damaged file', 11, true],
      ['a full disk', 13, false],
      ['a file that is not a database', 26, true],
    ])(
      '%s, for which SQLite has rolled back by itself, is the error (%j), and whether it is permanent is %j',
      async (_, errcode, isPermanent) => {
        const { own, fail } = failing()
        const append = async (): Promise<unknown> =>
          own.append('a', { epoch: 1, number: 0 }, 'x', { create: true, keep: 60_000 })
        fail(errcode)
        const error = await append().catch((fault: unknown) => fault)
        expect(error).toMatchObject({ message: 'the commit failed', errcode })
        expect(Object.hasOwn(error as object, 'permanent')).toBe(isPermanent)
        fail(undefined)
        expect(await append()).toBe('stored')
        own.close()
      },
    )

    test('sweep() deletes the logs that are over their time, and no others', async () => {
      const own = sqliteStore(':memory:')
      await own.append('old', { epoch: 1, number: 0 }, 'x', { create: true, keep: -1000 })
      await own.append('new', { epoch: 1, number: 0 }, 'y', { create: true, keep: 60_000 })
      expect(own.sweep()).toBe(1)
      expect(await own.read('old', undefined, 1)).toEqual([])
      expect((await own.read('new', undefined, 1)).length).toBe(1)
      own.close()
    })
  })
} else {
  test('a Node without `node:sqlite` gets an error that says what to do', () => {
    expect(() => sqliteStore(':memory:')).toThrow(ResumeError)
    expect(() => sqliteStore(':memory:')).toThrow('Node 22.13 or newer')
  })
}
