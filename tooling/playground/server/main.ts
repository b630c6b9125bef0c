// `npm start`: the playground, until Ctrl-C.
import { parseArgs } from 'node:util'
import { DEFAULT_PORT, startPlayground } from './start.ts'

const HELP = `The playground: streams of language models, played on this machine, and a page that shows what arrives.

  npm start                    serves it at http://127.0.0.1:${DEFAULT_PORT}, or at the next port that is free
  npm start -- --port 9000     begins to look at this port; 0 takes any
  npm start -- --help          says this

Any OpenAI client can be pointed at its address with /v1 behind it. No key and no network is needed.`

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})

async function main(args: readonly string[]): Promise<void> {
  const { port, help } = readArguments(args)
  if (help) return console.log(HELP)
  const playground = await startPlayground({ port })
  const stop = (): void => void playground.close()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  console.log(`The playground is at ${playground.url} (Ctrl-C ends it).`)
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
