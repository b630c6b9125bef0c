// Runs the conformance of stores with two of Bun's own clients of Redis: `bun bun-conformance.ts <address>`. It prints the cases
// that failed, and then how many it ran.
import { createStreams, type Store } from '@tesserae/resume'
import { conformance } from '@tesserae/resume/conformance'
import { type RedisClient, redisStore } from '@tesserae/resume/redis'

declare const Bun: { RedisClient: new (url: string) => RedisClient }

const [, , url = ''] = process.argv
const connect = (): Store => redisStore(new Bun.RedisClient(url))
const [first, second] = [connect(), connect()] as const

/** A stream that is written over one client and read over the other, whose only wake within a minute is a hint. */
async function hints(): Promise<void> {
  const settings = { lease: 300_000, poll: 100_000 }
  const writer = createStreams({ store: first, ...settings })
  const readers = createStreams({ store: second, ...settings })
  let say = (_data: string): void => {}
  const source = new ReadableStream<{ data: string }>({
    start: (its) => void (say = (data) => its.enqueue({ data })),
  })
  await writer.start('hints', source)
  const reader = await readers.read('hints').open()
  for (const data of ['1', '2', '3']) {
    const next = reader.next()
    await new Promise((resolve) => setTimeout(resolve, 100))
    say(data)
    if ((await next).value?.data !== data) throw new Error(`event ${data} did not come`)
  }
}

const cases = [
  ...conformance.map(({ title, run }) => ({ title, run: () => run({ first, second }) })),
  { title: 'hints', run: hints },
]
for (const { title, run } of cases) {
  try {
    await run()
  } catch (error) {
    console.log(`${title}: ${(error as Error).message}`)
  }
}
console.log(`${cases.length} cases`)
process.exit()
