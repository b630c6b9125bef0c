// `npm start`: recorded streams of a language model, played by a server on this machine, taken apart again.
//   npm start                              three of them
//   npm start -- llama-server/reasoning    this one
//   npm start -- --list                    the names of all
import { createParser } from '@tesserae/parser'
import { listRecordings, loadRecording } from '@tesserae/testkit/recordings'
import { reading } from './chunk.ts'
import { scoreOf, stretchOf, type Arrangement } from './score.ts'
import { Screen, type Line } from './screen.ts'
import { play } from './server.ts'

interface Scene extends Arrangement {
  readonly name: string
}

const scenes: readonly Scene[] = [
  { name: 'llama-server/unicode' },
  { name: 'llama-server/text-then-tool', every: 100 },
  { name: 'llama-server/plain', every: 100, loseAfter: 1_000 },
]

process.stdout.on('error', () => process.exit()) // whoever read along has left
process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const all = listRecordings()
  const unknown = args.find((name) => name !== '--list' && !all.includes(name))
  if (unknown !== undefined) {
    console.error(`There is no recording called "${unknown}": npm start -- --list names them all.`)
    return 1
  }
  if (args.includes('--list')) {
    console.log(all.join('\n'))
    return 0
  }
  for (const scene of args.length > 0 ? args.map((name): Scene => ({ name })) : scenes)
    await show(scene)
  return 0
}

async function show(scene: Scene): Promise<void> {
  const transcript = loadRecording(scene.name)
  const screen = new Screen()
  screen.title(`${scene.name}: ${transcript.title}`, [
    transcript.provenance['engine'] ?? 'a server',
    `${Math.round(stretchOf(transcript))} times as slow as recorded`,
    scene.every === undefined ? 'cut as it arrived' : `cut anew after every ${scene.every} bytes`,
    ...(scene.loseAfter === undefined ? [] : [`the connection lost after ${scene.loseAfter}`]),
  ])

  const server = await play(scoreOf(transcript, scene))
  const parser = createParser()
  const seen = { chunks: 0, bytes: 0, events: 0, parsingMs: 0 }
  let message = ''
  let isLost = false
  try {
    const response = await fetch(server.url)
    for await (const chunk of response.body ?? []) {
      const begin = performance.now()
      parser.feed(chunk)
      const events = [...parser].map(({ data }) => data)
      seen.parsingMs += performance.now() - begin
      seen.chunks++
      seen.bytes += chunk.byteLength
      const lines = events.map((data): Line => {
        const { kind, adds } = reading(data)
        message += adds
        return { number: ++seen.events, kind, adds: adds === '' ? '' : JSON.stringify(adds) }
      })
      screen.chunk(chunk, lines)
    }
  } catch {
    isLost = true // what had arrived has been parsed, and the verdict says whether that was all
  } finally {
    server.close()
  }

  const verdict = parser.end()
  screen.text('the message', message)
  screen.result('the connection', isLost ? screen.bad('was lost') : screen.good('closed in order'))
  screen.result(
    'the stream',
    verdict.complete
      ? screen.good('ended between two events')
      : screen.bad(`broke off ${verdict.bytes} bytes into an event`),
  )
  screen.result('seen', `${seen.chunks} chunks, ${seen.bytes} bytes, ${seen.events} events`)
  screen.result('spent on parsing', `${seen.parsingMs.toFixed(2)} ms`)
}
