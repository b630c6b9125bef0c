// @musistudio/llms is a library: this is the smallest program around it, before the server that is named first. It
// serves the models that are named after that.
import { createRequire } from 'node:module'

interface Settings {
  readonly initialConfig: object
  readonly logger: boolean
}
// Its other build, for `import`, does not load in Node.
const { default: Server } = createRequire(import.meta.url)('@musistudio/llms') as {
  default: new (settings: Settings) => { start(): Promise<void> }
}

const [upstream, ...models] = process.argv.slice(2)
const provider = {
  name: 'up',
  api_base_url: `${upstream}/v1/chat/completions`,
  api_key: 'none',
  models,
  transformer: { use: [] },
}
await new Server({
  initialConfig: { HOST: '127.0.0.1', PORT: '1', providers: [provider] },
  logger: false,
}).start()
