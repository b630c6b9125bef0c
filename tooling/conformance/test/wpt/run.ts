// Plays the `eventsource` folder of web-platform-tests on the EventSource of @tesserae/client, in Node, Deno and Bun.
// The files are not part of this repository. Debian's source package firefox-esr has them, in testing/web-platform/tests.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readArgs } from '../../../config/command.ts'
import { startServer } from './server.ts'

/** Files that need a page: its navigation, its cookies, its second origin. */
const NEED_A_PAGE = [
  'eventsource-constructor-document-domain.window.js',
  'eventsource-cross-origin.window.js',
  'eventsource-request-cancellation.any.window.js',
  'request-credentials.any.window.js',
]

const player = fileURLToPath(new URL('play-file.mjs', import.meta.url))
const own = fileURLToPath(import.meta.resolve('@tesserae/client/eventsource'))
const usage = `node test/wpt/run.ts <folder> [--runtime node,deno,bun] [--module <file>] [--verbose]

  <folder>    the folder \`eventsource\` of web-platform-tests
  --runtime   where the tests run, separated by commas
  --module    another EventSource, instead of the one of @tesserae/client
  --verbose   what the runtimes print`

const { folder, ...values } = readArgs(usage, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runtime: { type: 'string', default: 'node,deno,bun' },
      module: { type: 'string', default: own },
      verbose: { type: 'boolean', default: false },
    },
  })
  const [folder] = positionals
  if (folder === undefined || !existsSync(path.join(folder, 'format-utf-8.any.js')))
    throw new Error('The folder `eventsource` of web-platform-tests is missing.')
  return { ...values, folder }
})

const files = [
  ...readdirSync(folder).filter(
    (name) => /\.(any|window)\.js$/.test(name) && !NEED_A_PAGE.includes(name),
  ),
  'dedicated-worker/eventsource-constructor-no-new.any.js',
]
const commands: Readonly<Record<string, (base: string) => readonly string[]>> = {
  node: () => [process.execPath],
  deno: (base) => ['deno', 'run', '--allow-all', '--location', `${base}/eventsource/page.html`],
  bun: () => ['bun'],
}
for (const runtime of values.runtime.split(',')) {
  const server = await startServer()
  let passed = 0
  let all = 0
  let whole = 0
  for (const file of files) {
    const results = await play(runtime, server.base, path.join(folder, file))
    const failed = results.filter(({ result }) => result !== 'PASS')
    all += results.length
    passed += results.length - failed.length
    if (failed.length === 0) whole++
    for (const { name, result } of failed) console.log(`${runtime}: ${file}: ${name}: ${result}`)
  }
  server.close()
  console.log(`${runtime}: ${whole} of ${files.length} files, ${passed} of ${all} subtests`)
}

interface Result {
  readonly name: string
  readonly result: string
}

function play(runtime: string, base: string, file: string): Promise<readonly Result[]> {
  const [command, ...options] = commands[runtime]!(base)
  const child = spawn(command!, [...options, player, file, base, values.module], {
    stdio: ['ignore', 'pipe', values.verbose ? 'inherit' : 'ignore'],
    timeout: 30_000,
  })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  return new Promise((resolve) => {
    child.on('error', () => resolve([{ name: file, result: `FAIL ${command} cannot be run` }]))
    child.on('close', () => {
      try {
        resolve(JSON.parse(text) as Result[])
      } catch {
        resolve([{ name: file, result: 'FAIL ended without a result' }])
      }
    })
  })
}
