// Plays one file of the platform's tests on an EventSource, in Node, Deno or Bun, and prints what became of each subtest.
// Arguments: the file, the address of the server, the module that has the EventSource.
import { readFileSync } from 'node:fs'
import { argv, exit, stdout } from 'node:process'
import { runInThisContext } from 'node:vm'

const [, , file, base, module] = argv
const source = readFileSync(file, 'utf8')
const title = /META: title=(.*)/.exec(source)?.[1] ?? ''
const page = new URL(`${base}/eventsource/page.html`)

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
}
define('self', globalThis)
define('window', globalThis)
// Deno has one, by its flag, that cannot be replaced.
if (globalThis.location?.href !== page.href) define('location', page)
define('document', { title, baseURI: page.href, domain: page.hostname })

// A second host: a name under localhost, which not every machine can look up.
const { fetch } = globalThis
define('fetch', (input, init) => {
  const url = new URL(input, page)
  if (url.hostname === 'www2.localhost') url.hostname = '127.0.0.1'
  return fetch(url, init)
})

const { EventSource } = await import(module)
define('EventSource', EventSource)

const results = []
const LIMIT = 12_000

class Test {
  constructor(name) {
    this.name = name || title
    this.result = undefined
    this.cleanups = []
    this.ended = new Promise((resolve) => (this.resolve = resolve))
    results.push(this)
  }
  end(result) {
    if (this.result !== undefined) return
    this.result = result
    for (const cleanup of this.cleanups) cleanup()
    this.resolve()
  }
  step(run, self = this, ...parameters) {
    try {
      return run.apply(self, parameters)
    } catch (error) {
      this.end(`FAIL ${error?.message ?? error}`)
      return undefined
    }
  }
  step_func(run, self = this) {
    return (...parameters) => this.step(run, self, ...parameters)
  }
  step_func_done(run = () => {}, self = this) {
    return (...parameters) => {
      this.step(run, self, ...parameters)
      this.done()
    }
  }
  unreached_func(message) {
    return this.step_func(() => assert_unreached(message))
  }
  step_timeout(run, milliseconds) {
    return setTimeout(this.step_func(run), milliseconds)
  }
  add_cleanup(run) {
    this.cleanups.push(run)
  }
  done() {
    this.end('PASS')
  }
}

function check(holds, message) {
  if (!holds) throw new Error(message)
}
const show = (value) => JSON.stringify(value) ?? String(value)
function assert_unreached(message = 'reached what must not be reached') {
  throw new Error(message)
}
Object.assign(globalThis, {
  test(run, name) {
    const one = new Test(name)
    one.step(run, one, one)
    one.done()
  },
  async_test(run, name) {
    const one = typeof run === 'function' ? new Test(name) : new Test(run)
    if (typeof run === 'function') one.step(run, one, one)
    return one
  },
  assert_equals: (actual, expected, message = '') =>
    check(
      Object.is(actual, expected),
      `${message} expected ${show(expected)}, got ${show(actual)}`,
    ),
  assert_true: (actual, message = 'expected true') => check(actual === true, message),
  assert_false: (actual, message = 'expected false') => check(actual === false, message),
  done() {},
  assert_unreached,
  assert_regexp_match: (actual, expected) =>
    check(expected.test(actual), `${show(actual)} does not match ${expected}`),
  assert_own_property: (object, name) => check(Object.hasOwn(object, name), `no own ${name}`),
  assert_throws_js(type, run) {
    try {
      run()
    } catch (error) {
      return check(error instanceof type, `threw ${error}`)
    }
    return assert_unreached('did not throw')
  },
  assert_throws_dom(name, run) {
    try {
      run()
    } catch (error) {
      return check(
        error instanceof DOMException && error.name === name.replace(/^SYNTAX_ERR$/, 'SyntaxError'),
        `threw ${error}`,
      )
    }
    return assert_unreached('did not throw')
  },
})

// As a classic script: its functions and variables are global, and it is not strict.
runInThisContext(source)
const limit = new Promise((resolve) => setTimeout(resolve, LIMIT))
await Promise.race([Promise.all(results.map(({ ended }) => ended)), limit])
stdout.write(
  `${JSON.stringify(results.map(({ name, result = 'FAIL timed out' }) => ({ name, result })))}\n`,
  () => exit(0),
)
