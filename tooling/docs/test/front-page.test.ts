import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { currentFrontPage, frontPage } from '../src/front/front-page.ts'
import { summariesIn } from '../src/front/speed.ts'
import { pictures } from '../src/picture/pictures.ts'
import { traceOf } from '../src/picture/trace.ts'
import { repository } from '../src/repository.ts'

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8')

test('the tables of the front page are as `npm run docs -- --write` writes them', async () => {
  expect(read(frontPage)).toBe(await currentFrontPage(repository))
})

describe('the picture', async () => {
  const drawn = await pictures()

  test('is as `npm run docs -- --write` draws it', () => {
    for (const [file, picture] of drawn) expect(read(file)).toBe(picture)
  })

  test('shows what the packages make of the recording', async () => {
    const { bytes, pieces, events, parts } = await traceOf()
    expect(pieces.at(-1)?.to).toBe(bytes.length)
    expect(events.at(-1)?.to).toBe(bytes.length)
    // The words beside the picture say so too.
    expect(events).toHaveLength(8)
    expect(parts.map(({ text }) => text).join('')).toBe('Let me look.get_time({})')
    const word = events.find(({ text }) => text === ' look')?.marks[0]
    expect(pieces.some(({ to }) => to > word!.from && to < word!.to)).toBe(true)
  })

  test('needs nothing from elsewhere, and says what it is', () => {
    for (const picture of drawn.values()) {
      expect(picture.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/)
      expect(picture).toContain('<title id="title">')
      expect(picture).toContain('prefers-color-scheme:dark')
      expect(picture).toContain('prefers-reduced-motion:reduce')
    }
  })
})

test('speeds are taken from the tables of the packages', () => {
  const block = (group: string, content: string) =>
    `<!-- bench:${group} -->${content}<!-- /bench -->\n`
  const said =
    '| case |\n\n`@tesserae/x` : `other`. Geometric means: **live 1.41×, read all 0.50×**.\nNode 24; other 1.0.\n\n'
  expect(summariesIn(block('x', said) + block('y', '\n'))).toEqual([
    {
      group: 'x',
      ours: '@tesserae/x',
      rival: 'other',
      means: [
        ['live', '1.41×'],
        ['read all', '0.50×'],
      ],
      machine: 'Node 24; other 1.0.',
    },
  ])
  expect(() => summariesIn(block('z', '| a table alone |'))).toThrow('says nothing of its means')
})
