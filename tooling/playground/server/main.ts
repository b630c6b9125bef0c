// `npm start` builds this into `dist/server/main.js` and runs it until Ctrl-C.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_PORT, startPlayground } from './start.ts'

const HELP = `The playground: a page that shows streams of language models byte by byte, and a server that plays recorded ones.

  npm start                    serves at http://127.0.0.1:${DEFAULT_PORT}, or at the next free port
  npm start -- --port 9000     tries this port first; 0 takes any free port
  npm start -- --help          prints this

Point any OpenAI client at its address followed by /v1. It needs no key and no network.`

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})

async function main(args: readonly string[]): Promise<void> {
  const { port, help } = readArguments(args)
  if (help) return console.log(HELP)
  const playground = await startPlayground({
    port,
    dist: path.resolve(import.meta.dirname, '../page'),
  })
  const stop = (): void => void playground.close()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const taken = Number(new URL(playground.url).port)
  if (port !== 0 && taken !== port) console.log(`Port ${port} is in use; using ${taken}.`)
  console.log(`The playground runs at ${playground.url} (Ctrl-C stops it).`)
}

function readArguments(args: readonly string[]): { port: number; help: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  })
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port)
  if (values.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535: npm start -- --port ${DEFAULT_PORT}`)
  return { port, help: values.help }
}
