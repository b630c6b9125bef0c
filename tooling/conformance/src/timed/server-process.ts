import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ServedStreams, TimedServer } from './work.ts'

type Message = { readonly port: number } | { readonly cpu: number } | { readonly done: true }

/**
 * Work that is done by `start`, in a process of its own: the same file, run again. Its CPU time, user and
 * system, is what is measured; reading what it sends is the work of this process, and free.
 *
 * @param file - `import.meta.url` of the adapter
 */
export function timedServer(file: string, start: () => Promise<ServedStreams>): TimedServer {
  if (process.env['BENCH_SERVER'] !== undefined) void serve(start)
  const running = new Map<boolean, Promise<{ child: ChildProcess; port: number }>>()
  return {
    async send(clients, events) {
      const broadcast = clients > 1
      if (!running.has(broadcast)) running.set(broadcast, spawnServer(file, broadcast))
      const { child, port } = await running.get(broadcast)!
      const sockets: Socket[] = []
      // A server that floods begins with the request, one that broadcasts when all clients are there.
      const idle = await ask(child, 'cpu')
      const readers = Array.from({ length: clients }, () => reader(port, events, sockets))
      await Promise.all(readers.map(({ connected }) => connected))
      const before = broadcast ? await ask(child, 'cpu') : idle
      if (broadcast) void ask(child, { broadcast: events })
      const counts = await Promise.all(readers.map(({ count }) => count))
      const after = await ask(child, 'cpu')
      for (const socket of sockets) socket.destroy()
      const cpu = (after as { cpu: number }).cpu - (before as { cpu: number }).cpu
      return {
        events: counts.reduce((sum, count) => sum + count, 0),
        checksum: 0,
        nanoseconds: cpu * 1000,
      }
    },
  }
}

/** In the server's process: whether clients are to be gathered, and sent to all at once. */
export function broadcasts(): boolean {
  return process.env['BENCH_SERVER'] === 'broadcast'
}

async function serve(start: () => Promise<ServedStreams>): Promise<void> {
  const { server, broadcast } = await start()
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  process.on('disconnect', () => process.exit())
  process.on('message', async (asked: 'cpu' | { broadcast: number }) => {
    if (asked !== 'cpu') {
      await broadcast?.(asked.broadcast)
      process.send?.({ done: true })
      return
    }
    const { user, system } = process.cpuUsage()
    process.send?.({ cpu: user + system })
  })
  process.send?.({ port })
}

async function spawnServer(
  file: string,
  broadcast: boolean,
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [fileURLToPath(file)], {
    env: { ...process.env, BENCH_SERVER: broadcast ? 'broadcast' : 'flood' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const { port } = (await answer(child)) as { port: number }
  // The process that measures ends when it is done, and this one with it.
  child.unref()
  child.channel?.unref()
  return { child, port }
}

function ask(child: ChildProcess, question: 'cpu' | { broadcast: number }): Promise<Message> {
  child.send(question)
  return answer(child, question === 'cpu' ? 'cpu' : 'done')
}

/** The channel holds this process for as long as an answer is awaited, and no longer. */
const awaited = new Map<ChildProcess, number>()

function answer(child: ChildProcess, field = 'port'): Promise<Message> {
  const count = (change: number): number => {
    const left = (awaited.get(child) ?? 0) + change
    awaited.set(child, left)
    return left
  }
  return new Promise((resolve) => {
    const take = (message: Message): void => {
      if (!(field in message)) return
      child.off('message', take)
      if (count(-1) === 0) child.channel?.unref()
      resolve(message)
    }
    if (count(1) === 1) child.channel?.ref()
    child.on('message', take)
  })
}

/** Counts the events of one response by their data, of which each has one line. */
function reader(
  port: number,
  events: number,
  sockets: Socket[],
): { connected: Promise<void>; count: Promise<number> } {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let begun = (): void => {}
  const connected = new Promise<void>((resolve) => (begun = resolve))
  const count = new Promise<number>((resolve, reject) => {
    let seen = 0
    let rest: Buffer = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('data', (packet: Buffer) => {
      begun()
      const chunk = Buffer.concat([rest, packet])
      for (let at = chunk.indexOf('data:'); at >= 0; at = chunk.indexOf('data:', at + 5)) seen++
      // A packet may end within the word.
      rest = chunk.subarray(-4)
      if (seen >= events) resolve(seen)
    })
    socket.on('close', () => resolve(seen))
  })
  socket.write(`GET /?events=${events} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  return { connected, count }
}
