import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { answersOf, decoded } from './by-fetch.ts'
import type { SeenRequest, Stage } from './play.ts'
import type { Answer, Scenario } from './scenario.ts'

// Taken when the module loads: other clients are played with timers that are hurried.
const { setTimeout, clearTimeout } = globalThis

/** How many times faster than its clocks a scenario is played. */
export const SPEED = 50

/** A server of bare sockets that plays the scenario, and the platform's own `fetch`. */
export async function stageOverSocket(
  scenario: Scenario,
): Promise<Stage & { close(): Promise<void>; readonly sockets: ReadonlySet<Socket> }> {
  const respond = answersOf(scenario)
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = received.slice(0, headEnd)
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
      if (received.length < headEnd + 4 + length) return
      received = ''
      const header = /^last-event-id: (.*)$/im.exec(head)?.[1] ?? ''
      requests.push({ lastEventId: decoded(header.trim()), time: performance.now() * SPEED })
      void play(respond(), socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/updates`,
    sockets,
    requests,
    clock: {
      now: () => performance.now() * SPEED,
      setTimeout: (callback, delay) => setTimeout(callback, delay / SPEED),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    fetch: (input, init) => fetch(input, init),
    async pass(milliseconds, until) {
      let timer: NodeJS.Timeout | undefined
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds / SPEED)
      })
      await Promise.race([until, over])
      clearTimeout(timer)
    },
    close: () => closeServer(server, sockets),
  }
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds / SPEED))

/** Writes one answer, chunk by chunk. */
async function play(answer: Answer, socket: Socket): Promise<void> {
  const { head, after = 0, status = 200, steps = [], end = 'clean' } = answer
  if (after > 0) await pause(after)
  if (head === 'never') return
  if (head === 'cut') return void socket.destroy()
  const hasBody = status !== 204 && status !== 205
  const headers: Record<string, string> = {
    'content-type': 'text/event-stream',
    ...answer.headers,
    // With this header, Node 20 takes any end of the socket for the end of the body.
    ...(end === 'cut' ? {} : { connection: 'close' }),
    ...(hasBody ? { 'transfer-encoding': 'chunked' } : {}),
  }
  if (headers['content-type'] === '') delete headers['content-type']
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`)
  if (!hasBody) return void socket.end()
  for (const step of steps) {
    if (typeof step === 'number') await pause(step)
    else if (step.length > 0) {
      const bytes = Buffer.from(step as string)
      socket.write(
        Buffer.concat([
          Buffer.from(`${bytes.length.toString(16)}\r\n`),
          bytes,
          Buffer.from('\r\n'),
        ]),
      )
    }
  }
  if (end === 'clean') socket.end('0\r\n\r\n')
  // What was written is sent first: a reset would take it back.
  if (end === 'cut') socket.end()
}
