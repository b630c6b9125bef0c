import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ServedStreams, TimedServer } from './work.ts'

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
      // A server that floods begins with the request, one that broadcasts when all clients are there.
      const idle = await ask(child, 'cpu')
      const sockets = Array.from({ length: clients }, () => request(port, events))
      await Promise.all(sockets.map((socket) => once(socket, 'readable')))
      const before = broadcast ? await ask(child, 'cpu') : idle
      if (broadcast) child.send({ broadcast: events })
      const counts = await Promise.all(sockets.map((socket) => countEvents(socket, events)))
      const after = await ask(child, 'cpu')
      for (const socket of sockets) socket.destroy()
      return {
        events: counts.reduce((sum, count) => sum + count, 0),
        checksum: 0,
        nanoseconds: (after - before) * 1000,
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
  process.on('disconnect', () => process.exit())
  process.on('message', (asked: 'port' | 'cpu' | { broadcast: number }) => {
    const { user, system } = process.cpuUsage()
    if (asked === 'port') process.send?.((server.address() as AddressInfo).port)
    else if (asked === 'cpu') process.send?.(user + system)
    else void broadcast?.(asked.broadcast)
  })
}

async function spawnServer(
  file: string,
  broadcast: boolean,
): Promise<{ child: ChildProcess; port: number }> {
  const env = { ...process.env, BENCH_SERVER: broadcast ? 'broadcast' : 'flood' }
  const child = fork(fileURLToPath(file), { env, execArgv: [] })
  // The process that measures ends when it is done, and this one with it.
  child.unref()
  return { child, port: await ask(child, 'port') }
}

/** One question at a time. The channel holds this process for as long as the answer is awaited, and no longer. */
async function ask(child: ChildProcess, question: 'port' | 'cpu'): Promise<number> {
  child.channel?.ref()
  child.send(question)
  const [answer] = await once(child, 'message')
  child.channel?.unref()
  return answer
}

function request(port: number, events: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET /?events=${events} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  return socket
}

/** Counts the events of a response by their data, of which each has one line, until there are so many. */
async function countEvents(socket: Socket, events: number): Promise<number> {
  let seen = 0
  let rest: Buffer = Buffer.alloc(0)
  // To close it is not a part of the work that is timed.
  for await (const packet of socket.iterator({ destroyOnReturn: false })) {
    const chunk = Buffer.concat([rest, packet])
    for (let at = chunk.indexOf('data:'); at >= 0; at = chunk.indexOf('data:', at + 5)) seen++
    // A packet may end within the word.
    rest = chunk.subarray(-4)
    if (seen >= events) break
  }
  return seen
}
