/** Logs in a file of SQLite, by the module `node:sqlite`: for one machine whose streams must survive restarts. */
import { sqliteUnsupported } from './errors.ts'
import { permanent } from './permanent.ts'
import { Listeners } from './listeners.ts'
import type { Entry, Place, Store } from './store.ts'

export type { Entry, Place, Store, StoreAppendOptions } from './store.ts'

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * `full` makes an acknowledged event survive a power failure. With `normal` it survives the death of the process. Default:
   * `full`.
   */
  readonly durability?: 'full' | 'normal' | undefined
}

/** A store in a file. */
export interface SqliteStore extends Store {
  /** Deletes the logs that are over their time. Call it now and then. @returns how many there were */
  sweep(): number
  close(): void
}

interface Statement {
  run(...values: unknown[]): { changes: number | bigint }
  all(...values: unknown[]): unknown[]
}

interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

/** For how long SQLite waits for a lock of another process, in milliseconds. */
const BUSY_TIMEOUT = 2000

const SCHEMA = `
  create table if not exists log (
    name text primary key, epoch integer not null, number integer not null, until integer not null) without rowid;
  create table if not exists entry (
    name text not null, epoch integer not null, number integer not null, body blob not null,
    primary key (name, epoch, number)) without rowid;
  create index if not exists log_until on log (until)`

/** Codes of SQLite that another attempt may not meet: `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_IOERR`, `SQLITE_FULL`. */
const TRANSIENT = new Set([5, 6, 10, 13])

/**
 * A store in a file, for one or more processes of one machine. Processes have no hints from each other, so a reader of another
 * process looks every `poll` milliseconds.
 *
 * @param path - of the file. `:memory:` keeps everything in memory
 * @throws `ResumeError` with the code `unsupported` where there is no `node:sqlite`: Node before 22.13, and browsers
 *
 * @example
 * ```ts
 * import { createStreams } from '@tesserae/resume'
 * import { sqliteStore } from '@tesserae/resume/sqlite'
 *
 * const store = sqliteStore(':memory:') // or the path of a file
 * const streams = createStreams({ store })
 * await streams.start('answer', [{ data: 'Hello' }])
 * for await (const { data } of streams.read('answer')) console.log(data) // => Hello
 * store.close()
 * ```
 */
export function sqliteStore(
  path: string,
  { durability = 'full' }: SqliteStoreOptions = {},
): SqliteStore {
  const database = open(path)
  database.exec(`pragma journal_mode = wal; pragma synchronous = ${durability === 'normal' ? 'normal' : 'full'};
    pragma busy_timeout = ${BUSY_TIMEOUT}; ${SCHEMA}`)
  const insertLog =
    database.prepare(`insert into log (name, epoch, number, until) values (?1, ?2, ?3, ?4)
    on conflict (name) do update set epoch = ?2, number = ?3, until = ?4 where (log.epoch, log.number) < (?2, ?3)`)
  const updateLog = database.prepare(
    `update log set epoch = ?2, number = ?3, until = ?4 where name = ?1 and (epoch, number) < (?2, ?3)`,
  )
  const knows = database.prepare('select 1 from log where name = ?')
  // Node 22 binds an empty array as NULL.
  const insertEntry = database.prepare(
    'insert into entry (name, epoch, number, body) values (?, ?, ?, coalesce(?, zeroblob(0)))',
  )
  const select = database.prepare(
    'select epoch, number, body from entry where name = ? and (epoch, number) >= (?, ?) order by epoch, number limit ?',
  )
  const selectLast = database.prepare(
    'select epoch, number, body from entry where name = ? order by epoch desc, number desc limit ?',
  )
  const deleteEntries = database.prepare('delete from entry where name = ?')
  const deleteLog = database.prepare('delete from log where name = ?')
  const old = database.prepare('select name from log where until < ?')
  const watchers = new Listeners()
  const utf8 = new TextEncoder()

  const rollBack = (): void => {
    try {
      database.exec('rollback')
    } catch {
      // SQLite has done so by itself.
    }
  }
  /** One transaction. It begins with the lock for writing, or two processes could both read and then fail to write. */
  const atomically = <T>(work: () => T): T => {
    try {
      database.exec('begin immediate')
      try {
        const result = work()
        database.exec('commit')
        return result
      } catch (error) {
        rollBack()
        throw error
      }
    } catch (error) {
      throw markPermanent(error)
    }
  }
  const remove = (name: string): void => {
    deleteEntries.run(name)
    deleteLog.run(name)
  }

  return {
    async append(name, { epoch, number }, body, { create, keep }) {
      const answer = atomically(() => {
        const until = Math.ceil(Date.now() + keep)
        const { changes } = (create ? insertLog : updateLog).run(name, epoch, number, until)
        if (!changes) return create || knows.all(name).length > 0 ? 'refused' : 'gone'
        // As bytes: text of SQLite ends at U+0000 for some of its functions.
        insertEntry.run(name, epoch, number, utf8.encode(body))
        return 'stored'
      })
      if (answer === 'stored') watchers.ring(name, epoch)
      return answer
    },
    async read(name, from: Place | undefined, limit) {
      return select.all(name, from?.epoch ?? 0, from?.number ?? 0, limit).map(entryOf)
    },
    async last(name, limit) {
      return selectLast.all(name, limit).map(entryOf)
    },
    async remove(name) {
      atomically(() => remove(name))
    },
    watch: (name, wake) => watchers.add(name, wake),
    sweep: () =>
      atomically(() => {
        const names = old.all(Date.now()) as { name: string }[]
        for (const { name } of names) remove(name)
        return names.length
      }),
    close: () => database.close(),
  }
}

function open(path: string): Database {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => Record<string, unknown> | undefined }
  }
  // Not by an import, which would fail before this file could say why.
  const { DatabaseSync } = process?.getBuiltinModule?.('node:sqlite') ?? {}
  if (!DatabaseSync) throw sqliteUnsupported()
  return new (DatabaseSync as new (path: string) => Database)(path)
}

function markPermanent(error: unknown): unknown {
  const { errcode } = Object(error) as { errcode?: unknown }
  if (typeof errcode !== 'number' || TRANSIENT.has(errcode & 0xff)) return error
  return permanent(error)
}

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

function entryOf(row: unknown): Entry {
  const { epoch, number, body } = row as { epoch: number; number: number; body: Uint8Array }
  return { epoch, number, body: decoder.decode(body) }
}
