/**
 * Logs in two tables of Postgres. The row of the log holds the last place; the statement that appends moves it, if the new
 * place is beyond it, and inserts the entry only then. The lock of that row puts concurrent appends in order.
 */
import { permanent } from './permanent.ts'
import { Listeners } from './listeners.ts'
import type { Entry, Store } from './store.ts'

export type { Entry, Place, Store, StoreAppendOptions } from './store.ts'

/** Runs one statement with `$1`-style parameters: `pg` (Pool or Client), PGlite, Neon and Vercel have it as it is. */
export interface PostgresClient {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** A client with a connection of its own that receives notifications, such as a `pg` Client. */
export interface PostgresListener extends PostgresClient {
  on(
    event: 'notification',
    listener: (message: { channel: string; payload?: string | undefined }) => void,
  ): unknown
}

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /** The names of the tables, and of the channel, begin with it: letters, digits and `_`. Default: `tesserae`. */
  readonly prefix?: string | undefined
  /** Receives hints by `LISTEN`. Default: none, so readers look every `poll` milliseconds. */
  readonly listener?: PostgresListener | undefined
  /**
   * Whether each append sends a hint by `pg_notify`, for listeners of other servers. A commit that notifies waits for other commits
   * that do. Default: true.
   */
  readonly notify?: boolean | undefined
}

/** A store on Postgres, with what its tables need. */
export interface PostgresStore extends Store {
  /** Creates the tables, if they do not exist. Call it once, when the server starts. */
  setUp(): Promise<void>
  /** Deletes the logs that are over their time. Call it now and then, on any server. @returns how many there were */
  sweep(): Promise<number>
}

/**
 * A store on Postgres 12 or newer. Any number of servers can use it at the same time.
 *
 * @param client - the driver's client or pool, connected by the caller
 *
 * @example
 * ```ts no-run: needs a Postgres server
 * import { createStreams } from '@tesserae/resume'
 * import { postgresStore } from '@tesserae/resume/postgres'
 * import pg from 'pg'
 *
 * const listener = new pg.Client()
 * await listener.connect()
 * const store = postgresStore(new pg.Pool(), { listener })
 * await store.setUp()
 * const streams = createStreams({ store, onError: console.error })
 * setInterval(() => store.sweep().catch(console.error), 600_000)
 * ```
 */
export function postgresStore(
  client: PostgresClient,
  { prefix = 'tesserae', listener, notify = true }: PostgresStoreOptions = {},
): PostgresStore {
  const [log, entry] = [`"${prefix}_log"`, `"${prefix}_entry"`]
  const rowsOf = async (text: string, values: unknown[] = []): Promise<readonly unknown[]> => {
    try {
      return (await client.query(text, values)).rows
    } catch (error) {
      throw markPermanent(error)
    }
  }
  const moved = {
    create: `insert into ${log} as l (name, epoch, number, until) values ($1, $2, $3, now() + $5::float8 * interval '1 ms')
      on conflict (name) do update set epoch = excluded.epoch, number = excluded.number, until = excluded.until
      where (l.epoch, l.number) < (excluded.epoch, excluded.number) returning name`,
    continue: `update ${log} set epoch = $2, number = $3, until = now() + $5::float8 * interval '1 ms'
      where name = $1 and (epoch, number) < ($2::bigint, $3::bigint) returning name`,
  }
  const append = (how: keyof typeof moved): string => `
    with moved as (${moved[how]}),
    stored as (insert into ${entry} (name, epoch, number, body) select name, $2, $3, $4 from moved returning name)
    select (select count(*)::int from stored) as stored,
      exists (select from ${log} where name = $1) as known
      ${notify ? `, (select pg_notify('${prefix}', $2::text || ' ' || name) from stored)::text` : ''}`
  const statements = { create: append('create'), continue: append('continue') }
  const watch = listener && listenTo(listener, prefix)

  return {
    async append(name, { epoch, number }, body, { create, keep }) {
      const statement = create ? statements.create : statements.continue
      const values = [name, epoch, number, escape(body), keep]
      const [row] = (await rowsOf(statement, values)) as { stored: number; known: boolean }[]
      if (row?.stored) return 'stored'
      return create || row?.known ? 'refused' : 'gone'
    },
    async read(name, from, limit) {
      const rows = await rowsOf(
        `select epoch, number, body from ${entry} where name = $1 and (epoch, number) >= ($2, $3)
         order by epoch, number limit $4`,
        [name, from?.epoch ?? 0, from?.number ?? 0, limit],
      )
      return rows.map(entryOf)
    },
    async last(name, limit) {
      const rows = await rowsOf(
        `select epoch, number, body from ${entry} where name = $1 order by epoch desc, number desc limit $2`,
        [name, limit],
      )
      return rows.map(entryOf)
    },
    async remove(name) {
      await rowsOf(`delete from ${log} where name = $1`, [name])
    },
    async setUp() {
      await rowsOf(`create table if not exists ${log} (
        name text primary key, epoch bigint not null, number bigint not null, until timestamptz not null)`)
      await rowsOf(`create table if not exists ${entry} (
        name text not null references ${log} on delete cascade, epoch bigint not null, number bigint not null,
        body text not null, primary key (name, epoch, number))`)
      await rowsOf(`create index if not exists "${prefix}_until" on ${log} (until)`)
    },
    async sweep() {
      return (await rowsOf(`delete from ${log} where until < now() returning name`)).length
    },
    ...(watch && { watch }),
  }
}

/** One channel for all logs: `LISTEN` for each would be a statement each. */
function listenTo(listener: PostgresListener, channel: string): NonNullable<Store['watch']> {
  const wakers = new Listeners()
  let isListening = false
  listener.on('notification', ({ channel: its, payload = '' }) => {
    const space = payload.indexOf(' ')
    if (its === channel) wakers.ring(payload.slice(space + 1), Number(payload.slice(0, space)))
  })
  return (name, wake) => {
    if (!isListening) {
      isListening = true
      // What goes wrong here costs hints: readers look every `poll` milliseconds all the same.
      listener.query(`listen "${channel}"`, []).catch(() => (isListening = false))
    }
    return wakers.add(name, wake)
  }
}

/** Classes of errors that another attempt may not meet: connections, resources, intervention, rollbacks, locks. */
const TRANSIENT = /^(08|25006|40|53|55|57|58)/

function markPermanent(error: unknown): unknown {
  const { code } = Object(error) as { code?: unknown }
  const isSqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
  return isSqlState && !TRANSIENT.test(code) ? permanent(error) : error
}

function entryOf(row: unknown): Entry {
  const { epoch, number, body } = row as { epoch: string; number: string; body: string }
  return { epoch: Number(epoch), number: Number(number), body: unescape(body) }
}

/** Text of Postgres has no U+0000. A body that has one, or begins with `\`, is escaped, and `\` stands in front of it. */
function escape(body: string): string {
  if (!body.includes('\0') && !body.startsWith('\\')) return body
  return `\\${body.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')}`
}

function unescape(body: string): string {
  if (!body.startsWith('\\')) return body
  return body.slice(1).replaceAll(/\\(.)/gs, (_, unit: string) => (unit === '0' ? '\0' : unit))
}
