import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { drawn, message, position, standing, visit } from './browser.ts'

/** The text that is lit in the message. */
function litText(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...(CSS.highlights.get('added') ?? [])].map((range) => String(range)).join('|'),
  )
}

/** The bytes of that text. A row may end in the middle of them. */
async function exactBytes(page: Page): Promise<string> {
  return (await page.locator('#bytes .tile.exact').allInnerTexts()).join('')
}

async function openWhole(scene = 'tesserae'): Promise<Page> {
  await visit.open(`#scene=${scene}&speed=1000`)
  await standing(visit.page, /^Complete$/)
  await drawn(visit.page)
  return visit.page
}

describe('what belongs together', () => {
  test('lights up in all views, whichever one points at', async () => {
    const page = await openWhole()
    const entry = page.locator('#events .entry', { hasText: '" connection,"' })
    await entry.hover()
    await drawn(page)
    expect(await litText(page)).toBe(' connection,')
    await entry.click()
    await drawn(page)
    expect(await exactBytes(page)).toBe(' connection,')
    const bytes = (await page.locator('#bytes .tile:is(.lit, .exact)').allInnerTexts()).join('')
    expect(bytes).toMatch(/^data: .*"content":" connection,".*LF\s*LF$/s)
    expect(await entry.getAttribute('aria-expanded')).toBe('true')
    expect(await entry.locator('.details').innerText()).toContain('"content": " connection,"')

    // One that is in view in the other list too.
    const other = page.locator('#bytes .tile:not(.lit):not(.exact)', { hasText: 'data:' }).last()
    const number = await other.getAttribute('data-entry')
    await page.locator('#events').evaluate((list) => (list.scrollTop = list.scrollHeight))
    await drawn(page)
    await other.hover()
    await drawn(page)
    expect(await page.locator('#events .entry.lit').getAttribute('data-entry')).toBe(number)
  })

  test('is found from the text of the message', async () => {
    const page = await openWhole()
    const place = await page.evaluate(() => {
      const text = document.querySelector('#message .text')!.lastChild as Text
      const range = document.createRange()
      const at = text.data.indexOf('mosaic') + 2
      range.setStart(text, at)
      range.setEnd(text, at + 1)
      const { left, top, width, height } = range.getBoundingClientRect()
      return { x: left + width / 2, y: top + height / 2 }
    })
    await page.mouse.click(place.x, place.y)
    await drawn(page)
    expect(await litText(page)).toBe(' mosaic')
    expect(await page.locator('#events .entry.lit .preview').innerText()).toContain('" mosaic"')
    expect(await exactBytes(page)).toBe(' mosaic')
  })
})

describe('the keyboard', () => {
  test('goes through the stream', async () => {
    const page = await openWhole()
    const last = await position(page)
    await page.keyboard.press('ArrowLeft')
    await drawn(page)
    expect(await position(page)).toBe(last - 1)
    await page.keyboard.press('Home')
    await drawn(page)
    expect(await position(page)).toBe(0)
    expect(await page.locator('#events .entry').count()).toBe(0)
    await page.keyboard.press('Shift+ArrowRight')
    await drawn(page)
    expect(await position(page)).toBe(Math.min(10, last))
    await page.keyboard.press('End')
    await drawn(page)
    expect(await position(page)).toBe(last)
    await page.keyboard.press('Space')
    await page.locator('#toggle[aria-label=Pause]').waitFor()
    await page.keyboard.press('Space')
    await page.locator('#toggle[aria-label=Play]').waitFor()
  })

  test('pauses what is coming, which is kept, and goes on to the end', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=30')
    await page.locator('#events .entry').first().waitFor()
    await page.keyboard.press('Space')
    await drawn(page)
    const paused = await position(page)
    await page.waitForTimeout(400)
    expect(await position(page)).toBe(paused)
    expect(Number(await page.locator('#scrubber').getAttribute('aria-valuemax'))).toBeGreaterThan(
      paused,
    )
    await page.keyboard.press('Space')
    await page.waitForFunction(
      (from) => Number(document.querySelector('#scrubber')?.ariaValueNow) > from,
      paused,
    )
    await standing(page, /^Complete$/)
    await page.locator('#place').filter({ hasText: 'end' }).waitFor()
    expect(await message(page)).toContain('and see.')
  })

  test('goes to the live end, and on with it', async () => {
    const { page } = visit
    await visit.open('#scene=tesserae&speed=30')
    await page.locator('#events .entry').nth(3).waitFor()
    await page.keyboard.press('Home')
    await drawn(page)
    expect(await position(page)).toBe(0)
    await page.keyboard.press('End')
    // On a busy machine the stream may be over by now.
    const goesOn = page.locator('#toggle[aria-label=Pause]')
    await goesOn
      .or(page.locator('#place', { hasText: 'end' }))
      .first()
      .waitFor()
    await standing(page, /^Complete$/)
    await page.locator('#place').filter({ hasText: 'end' }).waitFor()
  })

  test('walks through the events, opens one, and lets go', async () => {
    const page = await openWhole()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await drawn(page)
    expect(await page.locator('#events .entry.lit').count()).toBe(1)
    await page.keyboard.press('Enter')
    await drawn(page)
    expect(await page.locator('#events .details').count()).toBe(1)
    await page.keyboard.press('Escape')
    await drawn(page)
    expect(await page.locator('#events .entry.lit').count()).toBe(0)
  })

  test('shows its keys, and is left alone where one writes', async () => {
    const page = await openWhole()
    await page.keyboard.press('?')
    await page.locator('#keys[open]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('#keys:not([open])').waitFor({ state: 'attached' })
    await page.click('#tab-open')
    const before = await position(page)
    await page.locator('#pasted').pressSequentially('rts? ')
    expect(await page.locator('#pasted').inputValue()).toBe('rts? ')
    expect(await position(page)).toBe(before)
  })

  test('reaches everything, and it shows where it is', async () => {
    const page = await openWhole()
    const seen = new Set<string>()
    await page.locator('.skip').focus()
    for (let step = 0; step < 40; step++) {
      const { id, outline } = await page.evaluate(() => {
        const { activeElement: active } = document
        const style = active ? getComputedStyle(active) : undefined
        return { id: active?.id ?? '', outline: `${style?.outlineStyle} ${style?.outlineWidth}` }
      })
      if (id !== '') {
        seen.add(id)
        expect([id, outline]).toEqual([id, 'solid 2px'])
      }
      await page.keyboard.press('Tab')
    }
    for (const id of [
      'export',
      'compare',
      'theme',
      'show-keys',
      'tab-scene',
      'scene',
      'replay',
      'scrubber',
      'toggle',
      'rate',
      'again',
      'bytes',
      'events',
      'message',
      'as-hex',
      'search',
      'kind',
      'as-json',
      'tab-diagnostics',
      'diagnostics',
    ])
      expect([...seen]).toContain(id)
  })

  test('chooses where the stream comes from by the arrows', async () => {
    const page = await openWhole()
    const at = await position(page)
    await page.locator('#tab-scene').focus()
    await page.keyboard.press('ArrowRight')
    await page.locator('#from-paste').waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.locator('#from-scene').waitFor()
    expect(await position(page)).toBe(at)
  })
})

test('landmarks, names and what is read aloud are there', async () => {
  const page = await openWhole()
  expect(await page.getByRole('main').count()).toBe(1)
  expect(await page.getByRole('banner').count()).toBe(1)
  for (const name of ['Source', 'Timeline', 'Bytes', 'Events', 'Message', 'Details'])
    expect(await page.getByRole('region', { name, exact: true }).count()).toBe(1)
  expect(await page.locator('#said[role=status]').innerText()).toContain('Complete')
  const slider = page.getByRole('slider', { name: 'Position in the stream' })
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/^end of \d+, /)
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, select, input, textarea')]
      .filter((control) => {
        const labels = (control as HTMLInputElement).labels?.length ?? 0
        return labels === 0 && !control.ariaLabel && control.textContent?.trim() === ''
      })
      .map(({ id }) => id),
  )
  expect(nameless).toEqual([])
})
