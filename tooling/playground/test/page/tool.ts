import { readFileSync } from 'node:fs'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf, readTranscript, writeTranscript } from '@tesserae/testkit/transcript'
import { describe, expect, test } from 'vitest'
import { drawn, message, position, standing, visit } from './browser.ts'

/** How many of something the header of a pane counts. */
async function counted(selector: string): Promise<number> {
  return Number.parseInt(await visit.page.locator(selector).innerText(), 10)
}

describe('a healthy stream of another protocol', () => {
  test.each([
    ['encoders/hono', /^Read to its end$/, ''],
    ['encoders/sse-starlette', /^Read to its end$/, ''],
    ['aimock/anthropic-weather', /^Complete$/, 'get_weather'],
    ['aimock/responses-think', /^Complete$/, 'Reasoning'],
    ['aimock/gemini-think', /^Complete$/, '42'],
  ])('%s is not reported as a failure', async (scene, title, words) => {
    await visit.open(`#scene=${scene}&speed=1000`)
    await standing(visit.page, title)
    expect(await visit.page.locator('#standing').getAttribute('data-tone')).toBe('good')
    expect(await message(visit.page)).toContain(words)
  })
})

describe('times', () => {
  test(
    'of the easy pace come event by event, and are named after what they are',
    { retry: 2 },
    async () => {
      await visit.open('#scene=llama-server/reasoning')
      await standing(visit.page, /^Complete$/)
      const events = await counted('#events-sum')
      // A busy machine merges a few of them on the way; the recording has two reads.
      expect(await counted('#bytes-sum')).toBeGreaterThan(events / 2)
      expect(await visit.page.locator('#timing').innerText()).toContain(
        'at the pace of the playground',
      )
    },
  )

  test('are not made up for a pasted stream', async () => {
    const { page } = visit
    await visit.open()
    await page.click('#tab-open')
    await page.fill(
      '#pasted',
      'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n',
    )
    await page.click('#read-paste')
    await standing(page, /^Complete$/)
    expect(await page.locator('#timing').innerText()).toContain('has no times')
    expect(await page.locator('#readings').innerText()).not.toMatch(/\d ms|\d s\b/)
    expect(await page.locator('#events .time').allInnerTexts()).toEqual(['', ''])
  })

  test('are taken where the page cannot delay them', { retry: 2 }, async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=100')
    await page.locator('#events .entry').nth(3).waitFor()
    // The thread of the page is busy for half a second. Chunks that came meanwhile keep their own times.
    await page.evaluate(() => {
      const until = performance.now() + 500
      while (performance.now() < until);
    })
    await standing(page, /^Complete$/)
    const longest = await page
      .locator('#readings div', { hasText: 'ITL max' })
      .locator('dd')
      .innerText()
    expect(Number.parseFloat(longest) * (longest.endsWith(' s') ? 1000 : 1)).toBeLessThan(400)
  })
})

describe('what leaves the page', () => {
  test('is the stream, byte for byte, and a transcript that opens again', async () => {
    const { page } = visit
    await visit.open('#scene=llama-server/tools-parallel&speed=1000')
    await standing(page, /^Complete$/)
    await page.click('#export')
    const download = async (id: string): Promise<Buffer> => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`#download-${id}`),
      ])
      return readFileSync(await file.path())
    }
    const body = bodyOf(loadRecording('llama-server/tools-parallel'))
    expect(new Uint8Array(await download('bytes'))).toEqual(new Uint8Array(body))
    const transcript = readTranscript((await download('transcript')).toString())
    expect(bodyOf(transcript)).toEqual(body)
    for (const id of ['events', 'message', 'test', 'curl'])
      expect((await download(id)).length).toBeGreaterThan(20)
    expect(await page.locator('#export-note').innerText()).toContain('request.sh downloaded')
  })

  test('is copied as text', async () => {
    const { page } = visit
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await visit.open('#scene=tesserae&speed=1000')
    await standing(page, /^Complete$/)
    await page.click('#export')
    await page.click('#copy-curl')
    await page.locator('#export-note').filter({ hasText: 'cURL copied.' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('curl --no-buffer')
  })
})

test('a transcript is opened with its times, and the address and a reload keep it', async () => {
  const { page } = visit
  await visit.open('#scene=tesserae&speed=1000')
  await page.click('#tab-open')
  const buffer = Buffer.from(writeTranscript(loadRecording('llama-server/reasoning')))
  await page.setInputFiles('#paste-file', { name: 'a.transcript', mimeType: 'text/plain', buffer })
  await page.locator('#timing').filter({ hasText: 'Read from the file' }).waitFor()
  await standing(page, /^Complete$/)
  expect(new URL(page.url()).hash).toBe('#opened=a.transcript')
  await page.reload()
  await standing(page, /^Complete$/)
  expect(await page.locator('#timing').innerText()).toContain('Read from the file')
})

describe('the events', () => {
  test('are searched and filtered, and have the time since the one before', async () => {
    const { page } = visit
    await visit.open('#scene=aimock/anthropic-weather&speed=1000')
    await standing(page, /^Complete$/)
    expect(await page.locator('#events .gap').nth(1).innerText()).toMatch(/^\+/)
    await page.fill('#search', 'PARTIAL_JSON')
    await page.locator('#events-sum').filter({ hasText: / of / }).waitFor()
    for (const text of await page.locator('#events .type').allInnerTexts())
      expect(text).toBe('content_block_delta')
    await page.fill('#search', 'nothing has this')
    expect(await page.locator('#events .nothing').innerText()).toBe('No entry fits the search.')
    await page.fill('#search', '')
    await page.selectOption('#kind', 'event:message_stop')
    await page.locator('#events .entry').first().waitFor()
    expect(await page.locator('#events .entry').count()).toBe(1)
  })

  test('do not repeat the name that an event without a name has', async () => {
    await visit.open('#scene=tesserae&speed=1000')
    await standing(visit.page, /^Complete$/)
    expect(await visit.page.locator('#events').innerText()).not.toContain('message')
  })

  test('Home goes to the first event, and does not rewind the stream', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=1000')
    await standing(page, /^Complete$/)
    const end = await position(page)
    await page.locator('#events').focus()
    await page.keyboard.press('Home')
    await drawn(page)
    expect(await position(page)).toBe(end)
    await page.locator('#events .entry.lit[data-entry="0"]').waitFor()
  })
})

test('bytes are shown as hex, latencies as a histogram, the head with its fields', async () => {
  const { page } = visit
  await visit.open('#scene=tesserae&speed=1000')
  await standing(page, /^Complete$/)
  await page.click('#as-hex')
  await page.locator('#bytes').evaluate((pane) => (pane.scrollTop = 0))
  await page.locator('#bytes .hex .letters', { hasText: /^data: \{/ }).waitFor()
  expect(await page.locator('#bytes .hex .pairs').first().innerText()).toMatch(/64\s*61\s*74\s*61/)
  await page.click('#tab-latency')
  expect(await page.locator('.histogram tbody tr').count()).toBeGreaterThan(0)
  await page.click('#tab-response')
  expect(await page.locator('#response').innerText()).toContain('text/event-stream')
})

describe('comparing', () => {
  test('with the answer without streaming: both are the same', async () => {
    const { page } = visit
    await visit.open('#scene=llama-server/tools-parallel&speed=1000')
    await standing(page, /^Complete$/)
    await page.click('#compare')
    await page.click('#ask-whole')
    await page.locator('#compare-sum', { hasText: 'Both are the same.' }).waitFor()
  })

  test('with a stream that was kept', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=1000')
    await standing(page, /^Complete$/)
    await page.click('#compare')
    await page.click('#pin')
    await page.keyboard.press('Escape')
    await page.fill('#scene', 'crucible-1 chunks')
    await page.fill('#scene', 'llama-server/reasoning')
    await page.keyboard.press('Enter')
    await page.locator('.part.t-reasoning').waitFor()
    await standing(page, /^Complete$/)
    await page.click('#compare')
    expect(await page.locator('.numbers').innerText()).toContain('A text about itself')
    expect(await page.locator('#compare-sum').innerText()).toContain('lines differ')
  })
})

test('when something is wrong, the pane that says what gets the room', async () => {
  const { page } = visit
  const height = async (): Promise<number> =>
    (await page.locator('.details-pane').boundingBox())!.height
  await visit.open('#scene=tesserae&speed=1000')
  await standing(page, /^Complete$/)
  const before = await height()
  await visit.open('#scene=tesserae&speed=1000&fault=html')
  await standing(page, /^Not a stream of events$/)
  await drawn(page)
  expect(await height()).toBeGreaterThan(before * 1.2)
  // Nothing green beside it.
  expect(await page.locator('#diagnostics .t-tool').count()).toBe(0)
})

test('an empty pane says why, in sight', async () => {
  const { page } = visit
  await visit.open('#scene=tesserae&speed=1000&fault=html')
  await standing(page, /^Not a stream of events$/)
  await drawn(page)
  const pane = (await page.locator('#events').boundingBox())!
  const why = (await page.locator('#events .nothing').boundingBox())!
  expect(why.y).toBeGreaterThanOrEqual(pane.y)
  expect(await page.locator('#events .nothing').innerText()).toContain('is not read as events')
})

test('one session with the keyboard alone: find, play, look, search, export', async () => {
  const { page } = visit
  await visit.open('#scene=tesserae&speed=1000')
  await standing(page, /^Complete$/)
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
    await drawn(page)
  }
  const tabTo = async (id: string): Promise<void> => {
    for (let step = 0; step < 60; step++) {
      if ((await page.evaluate(() => document.activeElement?.id)) === id) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`The keyboard does not reach ${id}.`)
  }
  await tabTo('scene')
  await page.keyboard.type('two tool calls')
  await press('ArrowDown', 'ArrowUp', 'Enter')
  await page.locator('#message', { hasText: 'get_weather' }).waitFor()
  await standing(page, /^Complete$/)
  await tabTo('scrubber')
  await press('Home', 'ArrowRight', 'ArrowRight')
  expect(await position(page)).toBe(2)
  await press('End')
  await tabTo('events')
  await press('Home', 'ArrowDown', 'Enter')
  expect(await page.locator('#events .details').count()).toBe(1)
  await press('/')
  await page.keyboard.type('celsius')
  await page.locator('#events-sum', { hasText: ' of ' }).waitFor()
  await tabTo('tab-diagnostics')
  await press('ArrowRight', 'ArrowRight')
  expect(await page.locator('#response').innerText()).toContain('text/event-stream')
  await page.locator('.skip').focus()
  await tabTo('export')
  await press('Enter')
  await tabTo('download-curl')
  const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(file.suggestedFilename()).toBe('request.sh')
  await press('Escape')
  await page.locator('#export-dialog:not([open])').waitFor({ state: 'attached' })
})
