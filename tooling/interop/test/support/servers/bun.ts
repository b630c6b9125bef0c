import { fetchHandler } from '../fetch-handler.ts'

declare const Bun: {
  serve(options: { port: number; hostname: string; fetch(request: Request): Promise<Response> }): {
    port: number
  }
}

const { port } = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: fetchHandler })
console.log(`http://127.0.0.1:${port}`)
