// A page and its routes as a document prints them, on one server.
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { build, type BuildOptions } from 'esbuild'

const HTML =
  '<!doctype html><title>Chat</title><div id="root"></div><script type="module" src="/chat.js"></script>'

/** @param name - of the file, another one for each test */
async function bundled(
  name: string,
  contents: string,
  loader: 'ts' | 'tsx' | 'jsx',
  options: BuildOptions,
): Promise<string> {
  const scratch = path.resolve(import.meta.dirname, '../../.scratch')
  mkdirSync(scratch, { recursive: true })
  const outfile = path.join(scratch, `${name}-${loader}.mjs`)
  await build({
    stdin: { contents, loader, resolveDir: import.meta.dirname },
    bundle: true,
    outfile,
    format: 'esm',
    jsx: 'automatic',
    logLevel: 'error',
    ...options,
  })
  return outfile
}

/** The functions that a route exports, by the methods that they answer. */
export async function routesOf<Route>(name: string, code: string): Promise<Record<string, Route>> {
  const file = await bundled(name, code, 'ts', { platform: 'node' })
  return (await import(pathToFileURL(file).href)) as Record<string, Route>
}

/** Serves a page with a script in React; `answer` is asked for all that begins with `api`. */
export async function servePage(
  name: string,
  { code, loader }: { readonly code: string; readonly loader: 'tsx' | 'jsx' },
  api: string,
  answer: (request: Request) => Promise<Response>,
): Promise<{ readonly url: string; readonly server: Server }> {
  const define = { 'process.env.NODE_ENV': '"production"' }
  const script = readFileSync(await bundled(name, code, loader, { define }))
  const respond = (body: BodyInit, type: string): Response =>
    new Response(body, { headers: { 'content-type': type } })
  const handle = (request: Request): Response | Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname === '/chat.js') return respond(script, 'text/javascript')
    return pathname.startsWith(api) ? answer(request) : respond(HTML, 'text/html')
  }
  const server = createServer(getRequestListener(handle)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}
