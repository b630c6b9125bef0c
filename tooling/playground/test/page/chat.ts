import { expect, test } from 'vitest'
import { visit } from './browser.ts'
import { seriousFindings } from './axe.ts'

test('the chat survives a cut and a reload, and stops, with the keyboard alone', async () => {
  const { page, url } = visit
  await page.goto(`${url}/chat.html`)
  const text = (): Promise<string> => page.locator('#answer').innerText()
  const state = (name: string): Promise<void> =>
    page.locator(`#state[data-state=${name}]`).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Who are you?')
  await page.keyboard.press('Enter')
  await state('streaming')
  await page.locator('#answer', { hasText: 'You asked: Who are you?' }).waitFor()
  expect(await seriousFindings(page)).toEqual([])

  await page.locator('#cut').focus()
  await page.keyboard.press('Enter')
  await page.locator('table tbody tr').nth(1).waitFor()
  expect(await page.locator('table tbody tr').nth(1).innerText()).toMatch(/^\d+-\d+\s/)
  expect(await page.locator('#cut:focus').count()).toBe(1)
  const before = await text()
  await page.reload()
  await page.locator('#answer', { hasText: before.trim().split('\n').at(-1)! }).waitFor()

  await page.locator('#stop').focus()
  await page.keyboard.press('Enter')
  await state('stopped')
  expect((await text()).match(/You asked/g)).toHaveLength(1)
  await page.reload()
  await state('stopped')
})
