import { ResumeError } from '@tesserae/resume'
import { conformance } from '@tesserae/resume/conformance'
import { sqliteStore } from '@tesserae/resume/sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'

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

    test('a full disk, for which SQLite has rolled back by itself, is the error, and not a permanent one', async () => {
      const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
      let isFull = false
      class Full extends DatabaseSync {
        override exec(sql: string): void {
          if (isFull && sql === 'commit') {
            super.exec('rollback')
            throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
          }
          super.exec(sql)
        }
      }
      const builtin = vi
        .spyOn(process, 'getBuiltinModule')
        .mockReturnValue({ DatabaseSync: Full } as never)
      const own = sqliteStore(':memory:')
      builtin.mockRestore()
      const append = async (): Promise<unknown> =>
        own.append('a', { epoch: 1, number: 0 }, 'x', { create: true, keep: 60_000 })
      isFull = true
      const error = await append().catch((fault: unknown) => fault)
      expect(error).toMatchObject({ message: 'database or disk is full' })
      expect(error).not.toHaveProperty('permanent')
      isFull = false
      expect(await append()).toBe('stored')
      own.close()
    })

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
