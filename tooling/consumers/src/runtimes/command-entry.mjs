// Runs one bundle in Node, Bun or Deno. Plain JavaScript: it is run as it stands, by Node 20 too.
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const [mark, bundle, options] = process.argv.slice(2)
const say = (said, then) => process.stdout.write(`${mark}${JSON.stringify(said)}\n`, then)

const { run } = await import(pathToFileURL(bundle).href)
const result = await run(JSON.parse(options), (at) => say({ at }))
// Without waiting for what tests have left open, and not before the result is out.
say({ result }, () => process.exit(0))
