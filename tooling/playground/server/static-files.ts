import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import { Refusal } from './errors.ts'

/** What the build makes. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page runs nothing but its own files, and may be pointed at any server. */
const POLICY =
  "default-src 'self'; connect-src *; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"

/** A file of the built page. */
export async function readPage(dist: string, pathname: string): Promise<Response> {
  const name = pathname === '/' ? '/index.html' : pathname
  const content = await readWithin(dist, name)
  if (content === undefined) {
    const isBuilt = (await readWithin(dist, '/index.html')) !== undefined
    throw new Refusal(
      'not_found',
      isBuilt ? `There is nothing at ${pathname}.` : 'The page is not built: npm start builds it.',
    )
  }
  return new Response(content, {
    headers: {
      'content-type': types[path.extname(name)] ?? 'application/octet-stream',
      'content-length': String(content.length),
      'cache-control': 'no-store',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  })
}

/** A file within a folder; whatever leads out of it, by dots or by links, is not there. */
async function readWithin(
  folder: string,
  pathname: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const root = await realpath(folder)
    const file = await realpath(path.join(root, pathname))
    return file.startsWith(root + path.sep) ? await readFile(file) : undefined
  } catch {
    return undefined
  }
}
