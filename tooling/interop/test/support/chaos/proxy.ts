import { connect, createServer, type Socket } from 'node:net'

/** A connection to Redis that can be cut, refused, or swallow everything. */
export interface Proxy {
  readonly port: number
  /** `open`: passes bytes on. `refusing`: ends every new connection. `swallowing`: takes bytes and passes none on. */
  mode: 'open' | 'refusing' | 'swallowing'
  /** How many bytes, in both directions together, each new connection passes on before it is cut. */
  limit: number
  /** Cuts every connection after so many more bytes in either direction. */
  cut(bytes: number): void
  close(): void
}

export function startProxy(target: number): Promise<Proxy> {
  const links = new Set<{ cutAfter: number; end(): void }>()
  const proxy = {
    port: 0,
    mode: 'open' as Proxy['mode'],
    limit: Infinity,
    cut(bytes: number) {
      for (const link of links) {
        link.cutAfter = bytes
        if (bytes === 0) link.end()
      }
    },
    close() {
      proxy.cut(0)
      server.close()
    },
  }
  const server = createServer((near) => {
    if (proxy.mode === 'refusing') {
      near.destroy()
      return
    }
    const far = connect(target, '127.0.0.1')
    const link = {
      cutAfter: proxy.limit,
      end() {
        near.destroy()
        far.destroy()
        links.delete(link)
      },
    }
    links.add(link)
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (proxy.mode === 'swallowing') return
        const part = chunk.subarray(0, Math.min(chunk.length, link.cutAfter))
        to.write(part)
        link.cutAfter -= part.length
        if (link.cutAfter <= 0) link.end()
      })
      from.on('close', link.end)
      from.on('error', link.end)
    }
    pass(near, far)
    pass(far, near)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      proxy.port = (server.address() as { port: number }).port
      resolve(proxy)
    })
  })
}
