import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawn, message, position, standing, visit } from './browser.ts'
const say = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const DONE = 'data: [DONE]\n\n'

/** Drops a file on the page. */
function drop(page: Page, name: string, text: string): Promise<void> {
  return page.evaluate(
    ([name, text]) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([text], name))
      for (const type of ['dragover', 'drop'])
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
        )
    },
    [name, text] as const,
  )
}

describe('pasting', () => {
  test('reads a stream, cut as one likes', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-open')
    await page.click('#read-paste')
    expect(await page.locator('#paste-note').innerText()).toContain('nothing to read yet')
    await page.fill('#pasted', ' \n')
    await page.click('#read-paste')
    expect(await page.locator('#paste-note').innerText()).toContain('nothing to read yet')
    await page.selectOption('#paste-cuts', 'byte')
    await page.fill('#pasted', `: hello\n\nid: 7\nevent: message\n${say('Grüße, 東京')}${DONE}`)
    await page.click('#read-paste')
    await standing(page, /^Complete$/)
    expect(await message(page)).toContain('Grüße, 東京')
    expect(await page.locator('#bytes-sum').innerText()).toMatch(/^\d\d\d chunks/)
    // A byte a chunk: each of those of a character stands for itself.
    expect(await page.locator('#bytes .glyph.cut').count()).toBe(2 + 2 + 3 + 3)
    expect(await page.locator('#events .entry.comment').innerText()).toContain('hello')
    expect(await page.locator('#events .entry .id').innerText()).toBe('id 7')
  })

  test('shows the arguments of the stream that is shown, and not of the one before', async () => {
    const { page } = visit
    const call = (city: string): string => {
      const fn = { name: 'weather', arguments: JSON.stringify({ city }) }
      const delta = { tool_calls: [{ index: 0, id: 'a', type: 'function', function: fn }] }
      const ends = { index: 0, delta: {}, finish_reason: 'tool_calls' }
      return [{ choices: [{ index: 0, delta }] }, { choices: [ends] }]
        .map((chunk) => `data: ${JSON.stringify(chunk)}\n`)
        .join('')
    }
    await visit.open()
    await page.click('#tab-open')
    for (const city of ['Paris', 'Berlin']) {
      // Without blank lines, as some documents print streams.
      await page.fill('#pasted', `${call(city)}data: [DONE]`)
      await page.click('#read-paste')
      await page.locator('#message pre.read', { hasText: city }).waitFor()
      await standing(page, /^Complete$/)
    }
  })

  test('reads bytes from a file, and shows those that are not text', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-open')
    const buffer = Buffer.concat([
      Buffer.from('\uFEFF: \u0000\u202E\r\n'),
      Buffer.from([0x3a, 0xff, 0x0a]),
      Buffer.from(say('Hi') + DONE),
    ])
    await page.setInputFiles('#paste-file', { name: 'odd.bin', mimeType: 'text/plain', buffer })
    await standing(page, /^Complete$/)
    expect(await page.locator('#bytes .glyph').allInnerTexts()).toEqual(
      expect.arrayContaining(['BOM', 'NUL', 'U+202E', 'CR', 'LF', 'FF']),
    )
    expect(await page.locator('#bytes .glyph.invalid').innerText()).toBe('FF')
  })

  test('takes what is dropped anywhere', async () => {
    const { page } = visit
    await visit.open()
    await drop(page, 'dropped.txt', say('Dropped') + DONE)
    await page.locator('#paste-note').filter({ hasText: 'dropped.txt' }).waitFor()
    await page.locator('#message').filter({ hasText: 'Dropped' }).waitFor()
    await standing(page, /^Complete$/)
  })

  test('is not taken away by the list of scenes, which comes later', async () => {
    const { page } = visit
    const held = Promise.withResolvers<void>()
    await page.route('**/playground/scenes', async (route) => {
      await held.promise
      await route.continue()
    })
    await visit.open()
    await drop(page, 'dropped.txt', say('Dropped') + DONE)
    await page.locator('#message').filter({ hasText: 'Dropped' }).waitFor()
    const listed = page.waitForResponse('**/playground/scenes')
    held.resolve()
    await listed
    await drawn(page)
    await standing(page, /^Complete$/)
    expect(await message(page)).toContain('Dropped')
    expect(await page.locator('#tab-open').getAttribute('aria-selected')).toBe('true')
    // The scene that stands in the list is described all the same, and plays when it is asked for.
    await page.click('#tab-scene')
    expect(await page.locator('#scene-note').innerText()).not.toBe('')
    expect(await page.locator('#fault-at').isDisabled()).toBe(true)
    await page.click('#replay')
    await page.locator('#message').filter({ hasText: 'I am a text' }).waitFor()
    await page.unroute('**/playground/scenes')
  })

  test('reads lines of JSON, and says what it made of them', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-open')
    const lines = ['Hel', 'lo'].map((text) => say(text).slice('data: '.length, -1))
    await page.fill('#pasted', lines.join(''))
    await page.click('#read-paste')
    await page.locator('#message').filter({ hasText: 'Hello' }).waitFor()
    expect(await page.locator('#paste-note').innerText()).toContain('was added before each line')
  })

  test('hides nothing of the events, and lets nothing turn them round', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-open')
    await page.fill('#pasted', 'event: \u202Eabc\nid: \u200B\ndata: x\u2066y\u2069\n\n')
    await page.click('#read-paste')
    await standing(page, /^Read to its end$/)
    expect(await page.locator('#events .type').innerText()).toBe('\\u202eabcid \\u200b')
    expect(await page.locator('#events .preview').innerText()).toBe('x\\u2066y\\u2069')
  })

  test('inserts as text whatever looks like more', async () => {
    const { page } = visit
    await visit.open()
    const nasty = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const call = {
      index: 0,
      id: nasty,
      function: { name: nasty, arguments: JSON.stringify({ nasty }) },
    }
    const stream =
      `: ${nasty}\n${nasty}: ${nasty}\nid: ${nasty}\nevent: ${nasty}\n\nevent: ${nasty}\n${say(nasty)}` +
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })}\n\n` +
      `data: ${JSON.stringify({ error: { message: nasty, code: nasty, type: nasty } })}\n\n`
    await page.click('#tab-open')
    await page.fill('#pasted', stream)
    await page.click('#read-paste')
    await standing(page, /^The server sent an error$/)
    await page.click('#as-json')
    // Whatever is open pushes the rest out of view: one after the other.
    await page.locator('#events').focus()
    for (const index of [0, 1, 2, 3, 4]) {
      await page.keyboard.press('Escape')
      await page.keyboard.press('ArrowUp')
      for (let up = 0; up < index; up++) await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await drawn(page)
    }
    expect(await page.locator('#events .details').count()).toBeGreaterThan(0)
    await page.locator('#diagnostics .t-bad').first().waitFor()
    expect(await page.title()).toBe('Tesserae playground')
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.locator('#said').innerText()).toContain(nasty)
  })

  test('an odd stream is not a reason to give up', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-open')
    for (const [stream, title] of [
      ['nonsense', /^Incomplete/],
      ['{"error":{"message":"no"}}', /^The server sent an error$/],
      ['<!doctype html>', /^Not a stream of events$/],
      ['data: nonsense\n\n', /^Read to its end$/],
      [`${say('Hi')}data: nonsense\n\n`, /^An event is not valid JSON$/],
      [say('Hi'), /^Incomplete/],
      [say('Hi') + DONE, /^Complete$/],
    ] as const) {
      await page.fill('#pasted', stream)
      await page.click('#read-paste')
      await standing(page, title)
    }
  })
})

/** Answers how many milliseconds the thread of the page has worked since: what else the machine does is not in it. */
async function workOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
  }
  const before = await read()
  return async () => (await read()) - before
}

/** Counts the nodes that the page adds to its document. */
async function nodesOf(page: Page): Promise<() => Promise<number>> {
  const counter = await page.evaluateHandle(() => {
    const counted = { nodes: 0 }
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes) {
          const below = document.createTreeWalker(node)
          do counted.nodes++
          while (below.nextNode())
        }
    }).observe(document, { childList: true, subtree: true })
    return counted
  })
  return () => counter.evaluate(({ nodes }) => nodes)
}

/** Opens a stream of so many words, scrubs through it, and answers what a step costs the page. */
async function scrubbed(words: number): Promise<{ milliseconds: number; nodes: number }> {
  const { page } = visit
  await visit.open()
  const stream = Array.from({ length: words }, (_, index) => say(`word ${index} `)).join('') + DONE
  await page.click('#tab-open')
  const file = { name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.from(stream) }
  await page.setInputFiles('#paste-file', file)
  await standing(page, /^Complete$/)
  const events = (words + 1).toLocaleString('en-US')
  await page.locator('#events-sum').filter({ hasText: events }).waitFor()
  expect(await page.locator('*').count()).toBeLessThan(2500)
  const added = await nodesOf(page)
  const worked = await workOf(page)
  const { x, y, width } = (await page.locator('#scrubber').boundingBox())!
  await page.mouse.move(x + width / 2, y + 50)
  await page.mouse.down()
  const places = new Set<number>()
  const steps = 40
  for (let step = 0; step < steps; step++) {
    await page.mouse.move(x + 20 + ((step * 97) % (width - 40)), y + 50)
    await drawn(page)
    places.add(await position(page))
  }
  await page.mouse.up()
  expect(places.size).toBeGreaterThan(steps * 0.6)
  return { milliseconds: (await worked()) / steps, nodes: (await added()) / steps }
}

const manyAsFast = 'ten thousand events are scrubbed without a halt, by as many elements as fit'
test(manyAsFast, { retry: 2 }, async () => {
  const { page } = visit
  const few = await scrubbed(500)
  const many = await scrubbed(10_000)
  // As much is drawn for both, and a slow machine is as slow with the few.
  expect(many.nodes).toBeLessThan(1000)
  expect(many.milliseconds).toBeLessThan(3 * few.milliseconds)
  await page.locator('#scrubber').focus()
  await page.keyboard.press('Home')
  await drawn(page)
  expect(await page.locator('#events .entry').count()).toBe(0)
  await page.keyboard.press('End')
  await drawn(page)
  expect(await message(page)).toContain('word 9999')
})

describe('a URL of one’s own', () => {
  let server: Server
  let origin: string

  beforeAll(async () => {
    server = createServer((request, response) => {
      const allows = request.url !== '/closed'
      if (allows) {
        response.setHeader('access-control-allow-origin', '*')
        response.setHeader('access-control-allow-headers', '*')
      }
      if (request.method === 'OPTIONS') return response.writeHead(204).end()
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      return request.on('end', () => {
        response.setHeader('content-type', 'text/event-stream')
        if (request.url === '/empty') return response.end()
        // Nothing comes after it, and there is no end.
        if (request.url === '/spoilt') return response.write(say('Hi') + 'data: nonsense\n\n')
        const { method } = request
        return response.end(say(`${method} ${request.headers['x-own'] ?? ''} ${body}`) + DONE)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Asks any address, from the page itself unless it is to be forwarded. */
  async function fetchFrom(page: Page, path: string, isForwarded = false): Promise<void> {
    await page.click('#tab-ask')
    await page.selectOption('#preset', 'custom')
    await page.setChecked('#forwarded', isForwarded)
    await page.fill('#url', origin + path)
    await page.click('#fetch-url')
  }

  test('is asked with its method, headers and body', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-ask')
    await page.selectOption('#preset', 'custom')
    await page.fill('#headers', 'x-own: mine\ncontent-type: text/plain')
    await page.fill('#body', 'What is asked')
    await fetchFrom(page, '/open')
    await standing(page, /^Complete$/)
    expect(await message(page)).toContain('POST mine What is asked')
    expect(page.url()).toContain(`asked=${encodeURIComponent(`${origin}/open`)}`)
    await page.selectOption('#method', 'GET')
    expect(await page.locator('#body').isDisabled()).toBe(true)
    await page.click('#fetch-url')
    await page.locator('#message').filter({ hasText: 'GET mine' }).waitFor()
  })

  test('streams the playground itself, which is asked by default', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-ask')
    for (const [api, name] of [
      ['chat', 'Chat completions'],
      ['responses', 'Responses API'],
      ['anthropic', 'Anthropic Messages'],
    ] as const) {
      await page.selectOption('#api', api)
      await page.click('#fetch-url')
      await page.locator('#message-sum', { hasText: name }).waitFor()
      await standing(page, /^Complete$/)
      expect(await message(page)).toContain('I am a text')
    }
  })

  test('that other pages may not read is explained, and can be read through the local server', async () => {
    const { page } = visit
    await visit.open()
    await standing(page, /^Complete$/)
    await fetchFrom(page, '/closed')
    const said = await standing(page, /^Nothing came back$/)
    expect(said).toContain('Send through the local server')
    // The browser's own words about it are not a mistake of the page.
    ;(visit.complaints as string[]).length = 0
    await fetchFrom(page, '/closed', true)
    await standing(page, /^Complete$/)
    expect(await message(page)).toContain('POST')
    await page.click('#tab-response')
    expect(await page.locator('#response').innerText()).toContain('text/event-stream')
  })

  test('where nothing listens is reported by the local server', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-ask')
    await page.selectOption('#preset', 'custom')
    await page.fill('#url', 'http://127.0.0.1:9/v1')
    await page.click('#fetch-url')
    expect(await standing(page, /^The server could not be reached$/)).toContain('127.0.0.1:9')
  })

  test('that goes wrong and does not end says so at once, and can be left', async () => {
    const { page } = visit
    await visit.open()
    await fetchFrom(page, '/spoilt')
    expect(await standing(page, /^An event is not valid JSON$/)).toContain('The connection is open')
    expect(await message(page)).toContain('Hi')
    // The silence after it is not the news.
    await page.waitForTimeout(1_000)
    await standing(page, /^An event is not valid JSON$/)
    await page.click('#stop')
    await standing(page, /^Stopped$/)
  })

  test('that is empty is reported as empty', async () => {
    const { page } = visit
    await visit.open()
    await fetchFrom(page, '/empty')
    expect(await standing(page, /^Read to its end$/)).toContain('ended without an event')
  })

  test('that is none is not asked', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-ask')
    await page.selectOption('#preset', 'custom')
    for (const [url, headers, words] of [
      ['', '', 'Write a base URL'],
      ['ftp://example.org', '', 'Write a base URL'],
      ['http://[', '', 'Write a base URL'],
      ['nonsense', '', 'Write a base URL'],
      [`${origin}/open`, 'nonsense', 'This line is not a header'],
      [`${origin}/open`, 'x: ключ', 'This line is not a header'],
    ] as const) {
      await page.fill('#url', url)
      await page.fill('#headers', headers)
      await page.click('#fetch-url')
      await page.locator('#url-note').filter({ hasText: words }).waitFor()
    }
  })

  test('keeps the form over a reload, but never the key', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-ask')
    await page.selectOption('#preset', 'ollama')
    await page.fill('#prompt', 'Why is the sky blue?')
    await page.fill('#key', 'sk-secret')
    await page.click('#tab-scene')
    await page.click('#tab-ask')
    expect(await page.locator('#key').inputValue()).toBe('sk-secret')
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    )
    expect(stored).toContain('Why is the sky blue?')
    expect(stored).not.toContain('sk-secret')
    await page.reload()
    await page.click('#tab-ask')
    expect(await page.locator('#prompt').inputValue()).toBe('Why is the sky blue?')
    expect(await page.locator('#url').inputValue()).toContain(':11434')
    expect(await page.locator('#key').inputValue()).toBe('')
  })
})
