// Runs a bundle in Node, Bun or Deno. Plain JavaScript: it is run as it stands, by Node 20 too.
import process from 'node:process'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [mark, bundle] = process.argv.slice(2)
const say = (said) => process.stdout.write(`${mark}${JSON.stringify(said)}\n`)

const { run } = await import(pathToFileURL(bundle).href)
for await (const line of createInterface({ input: process.stdin }))
  say({ result: await run(JSON.parse(line), (at) => say({ at })) })
