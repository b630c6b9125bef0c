import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Refusal } from './errors.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** The page runs nothing but its own files, and may be pointed at any server. */
const POLICY =
  "default-src 'self'; connect-src *; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"

/** Sends a file of the built page. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  dist: string,
  pathname: string,
): Promise<void> {
  const file = await fileIn(dist, pathname === '/' ? '/index.html' : pathname)
  if (file === undefined) {
    const isBuilt = (await fileIn(dist, '/index.html')) !== undefined
    throw new Refusal(
      'not_found',
      isBuilt ? `There is nothing at ${pathname}.` : 'The page is not built: npm start builds it.',
    )
  }
  response.writeHead(200, {
    'content-type': types[path.extname(file.path)] ?? 'application/octet-stream',
    'content-length': file.size,
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(file.path), response)
}

/** A file within a folder; whatever leads out of it, by dots or by links, is not there. */
async function fileIn(
  folder: string,
  pathname: string,
): Promise<{ path: string; size: number } | undefined> {
  try {
    const root = await realpath(folder)
    const found = await realpath(path.join(root, pathname))
    const { size, isFile } = await stat(found).then((stats) => ({
      size: stats.size,
      isFile: stats.isFile(),
    }))
    return isFile && found.startsWith(root + path.sep) ? { path: found, size } : undefined
  } catch {
    return undefined
  }
}
