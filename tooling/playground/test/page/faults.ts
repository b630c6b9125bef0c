import { describe, expect, test } from 'vitest'
import { drawn, isLong, message, some, standing, visit } from './browser.ts'

/** After whatever happened, the same scene without a fault plays to its end. */
async function goesOn(): Promise<void> {
  const { page } = visit
  await page.selectOption('#fault', '')
  await standing(page, /^Complete$/)
  expect(await message(page)).toContain('break the connection, and see.')
  await page.keyboard.press('Home')
  await drawn(page)
  expect(await page.locator('#place').innerText()).toMatch(/^0 \//)
}

describe.each([
  ['drop', /^The connection broke$/, ['interrupted', 'Everything that came before is kept.'], true],
  ['truncate', /^Incomplete/, ['incomplete', 'bytes belong to an event that never ended'], true],
  ['error', /^The server sent an error$/, ['The server sent an error: '], true],
  ['html', /^Not a stream of events$/, ['bad-content-type', 'instead of text/event-stream'], false],
  [
    'status',
    /^Refused with status 503$/,
    ['bad-status', 'with status 503 instead of a stream', 'The server sent an error: '],
    false,
  ],
] as const)('with the fault %s', (fault, title, words, hasMessage) => {
  test('the page says what happened, keeps what had come, and goes on', async () => {
    const { page } = visit
    await visit.open(`#scene=tesserae&speed=max&fault=${fault}`)
    const said = await standing(page, title)
    for (const word of words) expect(said).toContain(word)
    expect(await page.locator('#standing').getAttribute('data-tone')).toBe('bad')
    expect(await message(page)).toContain(
      hasMessage ? 'wherever it likes,' : 'There is no message in this stream.',
    )
    await page.locator('#diagnostics .t-bad').first().waitFor()
    await page.click('#again')
    await standing(page, title)
    await goesOn()
  })
})

describe('with a stream that does not come', () => {
  test('for a while: the page says so and goes on by itself', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=1000&fault=stall')
    expect(await standing(page, /^Stalled$/)).toContain('Nothing has come for')
    const counted = page.locator('#readings').filter({ hasText: /Stalls\s*1/ })
    await counted.waitFor()
    await standing(page, /^Complete$/)
    await counted.waitFor()
  })

  test('for ever: it can be stopped, and what had come is kept', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=1000&fault=stall-for-ever&at=0.75')
    await standing(page, /^Stalled$/)
    await page.click('#stop')
    expect(await standing(page, /^Stopped$/)).toContain('You stopped reading')
    expect(await message(page)).toContain('I am a text')
    await goesOn()
  })

  test('at first: it waits, and can be given up by a key', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=1000&fault=slow-start')
    expect(await standing(page, /^Waiting$/)).toBeDefined()
    await page.keyboard.press('s')
    await standing(page, /^Stopped$/)
    if (!isLong) return
    await page.click('#again')
    await standing(page, /^Complete$/)
    await goesOn()
  })
})

test('an event beyond the limit is reported in the words of the parser', async () => {
  const { page } = visit
  await visit.open('#scene=llama-server/logprobs&limit=256')
  const said = await standing(page, /^An event beyond the limit$/)
  expect(said).toContain('event-too-large')
  expect(said).toContain('raise `maxEventBytes`')
  await page.selectOption('#limit', '')
  await standing(page, /^Complete$/)
})

test('an error of a documented system has its code in the diagnostics', async () => {
  const { page } = visit
  await visit.open('#scene=seeds/cryptgpt-error')
  await standing(page, /^The server sent an error$/)
  await page.locator('#diagnostics').filter({ hasText: 'Error from the server' }).waitFor()
})

test('a server that goes away is not a dead end', async () => {
  const { page } = visit
  await visit.open('#scene=tesserae&speed=max')
  await standing(page, /^Complete$/)
  await page.route('**/v1/chat/completions', (route) => route.abort('connectionrefused'))
  await page.click('#replay')
  expect(await standing(page, /^Nothing came back$/)).toContain('Check that `npm start` still runs')
  await page.unroute('**/v1/chat/completions')
  await page.click('#replay')
  await standing(page, /^Complete$/)
})

test.each(some(['crucible', 'cryptgpt', 'yuhuan', 'sovereign', 'solidrust']))(
  'the documented system %s streams to its end',
  async (scene) => {
    await visit.open(`#scene=${scene}&speed=100`)
    const said = await standing(visit.page, /^(Complete|Incomplete)/)
    expect(said).toContain('Complete')
    expect((await message(visit.page)).length).toBeGreaterThan(20)
    const name = scene === 'crucible' ? 'Crucible' : 'Chat completions'
    expect(await visit.page.locator('#message-sum').innerText()).toContain(name)
  },
)
