// `npm start` builds this into `dist/server/main.js` and runs it until Ctrl-C.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readArgs } from '../../config/command.ts'
import { DEFAULT_PORT, startPlayground } from './start.ts'

const usage = `The playground: a page that shows streams of language models byte by byte, and a server that plays recorded ones.

  npm start                    serves at http://127.0.0.1:${DEFAULT_PORT}, or at the next free port
  npm start -- --port 9000     tries this port first; 0 takes any free port
  npm start -- --help          prints this

Point any OpenAI client at its address followed by /v1. It needs no key and no network.`

const port = readArgs(usage, () => {
  const { port = `${DEFAULT_PORT}` } = parseArgs({ options: { port: { type: 'string' } } }).values
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new Error('--port takes a number from 0 to 65535.')
  return Number(port)
})
const dist = path.resolve(import.meta.dirname, '../page')
const { url, close } = await startPlayground({ port, dist })
process.once('SIGINT', close).once('SIGTERM', close)
const taken = Number(new URL(url).port)
if (port !== 0 && taken !== port) console.log(`Port ${port} is in use; using ${taken}.`)
console.log(`The playground runs at ${url} (Ctrl-C stops it).`)
