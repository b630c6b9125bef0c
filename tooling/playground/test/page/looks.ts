import { describe, expect, test } from 'vitest'
import { drawn, some, standing, visit } from './browser.ts'

/** Texts with less contrast against their background than 4.5 to 1. */
function weakTexts(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
  const channels = (colour: string): number[] => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (rgb: number[]): number =>
    rgb.slice(0, 3).reduce((sum, value, index) => {
      const share = value / 255
      const linear = share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      return sum + linear * [0.2126, 0.7152, 0.0722][index]!
    }, 0)
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255]
    const colour = channels(getComputedStyle(element).backgroundColor)
    return colour[3] === 255 ? colour : behind(element.parentElement)
  }
  const weak: string[] = []
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
    )
    // What is switched off may be weak.
    if (!hasText || !element.checkVisibility() || element.closest(':disabled')) continue
    const one = luminance(channels(getComputedStyle(element).color))
    const other = luminance(behind(element))
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    if (contrast < 4.5)
      weak.push(
        `${element.className || element.tagName} ${contrast.toFixed(2)} ${element.textContent}`,
      )
  }
  return [...new Set(weak)]
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(
    some(
      [
        ['tesserae&fault=error', /^The server sent an error$/],
        ['llama-server/tools-parallel', /^Complete$/],
        ['llama-server/reasoning', /^Complete$/],
        ['tesserae', /^Complete$/],
      ] as const,
      colorScheme === 'light' ? 1 : 2,
    ),
  )('all texts of %s can be read', async (scene, title) => {
    await visit.again({ colorScheme })
    await visit.open(`#scene=${scene}&speed=1000`)
    await standing(visit.page, title)
    await visit.page.keyboard.press('ArrowUp')
    await visit.page.keyboard.press('ArrowUp')
    await drawn(visit.page)
    expect(await visit.page.evaluate(weakTexts)).toEqual([])
  })
})

test('the theme follows the system until one chooses, and is remembered', async () => {
  const ground = (): Promise<string> =>
    visit.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  // The page is drawn when the browser has a turn for it.
  const becomes = (color: string): Promise<void> =>
    expect.poll(ground, { timeout: 10_000 }).toBe(color)
  await visit.again({ colorScheme: 'dark' })
  await visit.open()
  const dark = await ground()
  await visit.page.click('#theme')
  await expect.poll(ground, { timeout: 10_000 }).not.toBe(dark)
  const light = await ground()
  await visit.page.reload()
  await becomes(light)
  // It listens to keys before it shows an event.
  await visit.page.locator('#events .entry').first().waitFor()
  await visit.page.keyboard.press('t')
  await becomes(dark)
  await visit.page.emulateMedia({ colorScheme: 'light' })
  await becomes(dark)
  await visit.page.keyboard.press('t')
  await becomes(light)
})

const WINDOWS = [
  { width: 390, height: 844, colorScheme: 'dark' },
  { width: 1024, height: 768, colorScheme: 'light' },
  // What is left of 1440 pixels at a zoom of 200 %.
  { width: 720, height: 450, colorScheme: 'light' },
  { width: 320, height: 568, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
] as const

test.each(some(WINDOWS, 2))(
  'nothing is wider than the window: $width $colorScheme',
  async ({ width, height, colorScheme }) => {
    await visit.again({ colorScheme, viewport: { width, height } })
    await visit.open('#scene=llama-server/tools-parallel&speed=1000')
    const { page } = visit
    await standing(page, /^Complete$/)
    const wide = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(await wide()).toBeLessThanOrEqual(0)
    for (const tab of ['open', 'ask', 'scene']) {
      await page.click(`#tab-${tab}`)
      expect(await wide()).toBeLessThanOrEqual(0)
    }
    const panes = page.locator('.pane').filter({ visible: true })
    if (width > 960) {
      // The views are side by side, and what one chooses is on one line.
      expect(await panes.count()).toBe(4)
      const bottoms = await page
        .locator('#from-scene select, #replay')
        .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().bottom)))
      expect(new Set(bottoms).size).toBe(1)
      // Nothing in a pane is wider than the pane.
      const wider = await panes.evaluateAll((all) =>
        all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.className),
      )
      expect(wider).toEqual([])
      return
    }
    if (width < 620) {
      await page.click('#fold')
      expect(await page.locator('#speed').isVisible()).toBe(true)
    }
    for (const view of ['bytes', 'events', 'details', 'message']) {
      await page.click(`button[data-view=${view}]`)
      await drawn(page)
      expect(await page.locator(`#${view}`).isVisible()).toBe(true)
      expect(await panes.count()).toBe(1)
      expect(await wide()).toBeLessThanOrEqual(0)
    }
  },
)

test('without JavaScript the page says what it wants', async () => {
  await visit.again({ javaScriptEnabled: false })
  await visit.page.goto(visit.url)
  expect(await visit.page.locator('.noscript').textContent()).toContain('JavaScript')
})
