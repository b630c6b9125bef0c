import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { drawn, isLong, standing, visit } from './browser.ts'

/** What axe finds that keeps people out, with where it is. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>
      }
    }
    const { violations } = await axe.run()
    return violations
      .filter(
        ({ impact, id }) => ['serious', 'critical'].includes(impact) || id === 'heading-order',
      )
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  })
}

type State = readonly [
  name: string,
  hash: string,
  title: RegExp,
  act: (page: Page) => Promise<void>,
]

const asItIs = async (): Promise<void> => {}

const STATES: readonly State[] = [
  [
    'an error in the stream',
    '#scene=llama-server/tools-parallel&fault=error',
    /^The server sent/,
    async (page) => {
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
    },
  ],
  ['a message that is whole', '#scene=llama-server/reasoning', /^Complete$/, asItIs],
  ['plain events', '#scene=encoders/hono', /^Read to its end$/, asItIs],
  ['a page in place of a stream', '#scene=tesserae&fault=html', /^Not a stream/, asItIs],
  ['the form to open files', '#scene=tesserae', /^Complete$/, (page) => page.click('#tab-open')],
  [
    'the form to ask a model',
    '#scene=tesserae',
    /^Complete$/,
    async (page) => {
      await page.click('#tab-ask')
      await page.selectOption('#preset', 'custom')
    },
  ],
  ['the export', '#scene=tesserae', /^Complete$/, (page) => page.click('#export')],
  [
    'a comparison',
    '#scene=llama-server/tools-parallel',
    /^Complete$/,
    async (page) => {
      await page.click('#tab-latency')
      await page.click('#compare')
      await page.click('#ask-whole')
      await page.locator('#compare-sum').waitFor()
    },
  ],
]

/** Each state in both colours in the long run, else one of them. */
const schemes = isLong ? (['light', 'dark'] as const) : (['light'] as const)

describe.each(schemes)('in %s, axe finds nothing serious', (colorScheme) => {
  test.each(isLong ? STATES : STATES.slice(0, 1))('with %s', async (_, hash, title, act) => {
    await visit.again({ colorScheme })
    await visit.open(`${hash}&speed=1000`)
    await standing(visit.page, title)
    await act(visit.page)
    await drawn(visit.page)
    expect(await seriousFindings(visit.page)).toEqual([])
  })
})
