import { describe, expect, it } from 'vitest'
import { replaceBetween } from '@tooling/conformance/markdown'
import { kilobytes, type Row, withSizes } from '../../src/sizes/readmes.ts'

const rows: Row[] = [
  {
    specifier: '@tesserae/parser',
    package: '@tesserae/parser',
    minified: 6001,
    gzipped: 2199,
    peer: { name: 'peer', version: '4.1.3', minified: 4400, gzipped: 1800 },
  },
  { specifier: '@tesserae/encoder', package: '@tesserae/encoder', minified: 900, gzipped: 451 },
]

const parserTable = `| import | minified | and gzipped |
| --- | --: | --: |
| \`@tesserae/parser\` | 6.1 kB | 2.2 kB |
| \`peer\` 4.1.3 | 4.4 kB | 1.8 kB |`
const encoderRow = '\n| `@tesserae/encoder` | 0.9 kB | 0.5 kB |'

describe('size tables', () => {
  it('are put between their markers, and nothing else changes', () => {
    expect(withSizes('# A\n\n<!-- size:parser -->old<!-- /size -->\n\nB\n', rows)).toBe(
      `# A\n\n<!-- size:parser -->\n\n${parserTable}\n\n<!-- /size -->\n\nB\n`,
    )
  })

  it('of everything and of one package can stand in one file', () => {
    const text = '<!-- size:all --><!-- /size -->\n<!-- size:parser --><!-- /size -->'
    expect(withSizes(text, rows)).toBe(
      `<!-- size:all -->\n\n${parserTable}${encoderRow}\n\n<!-- /size -->\n` +
        `<!-- size:parser -->\n\n${parserTable}\n\n<!-- /size -->`,
    )
  })

  it('stay as they are when nothing changed, so a difference is news', () => {
    const once = withSizes('<!-- size:all --><!-- /size -->', rows)
    expect(withSizes(once, rows)).toBe(once)
    expect(withSizes(once, [{ ...rows[0]!, gzipped: 2201 }, rows[1]!])).not.toBe(once)
  })

  it('are not made up', () => {
    expect(() => withSizes('<!-- size:typo --><!-- /size -->', rows)).toThrow('size:typo')
    expect(withSizes('No markers.', rows)).toBe('No markers.')
  })
})

describe('markers', () => {
  it.each([
    'no markers',
    '<!-- size:a --> never closed',
    '<!-- /size --> closed first <!-- size:a -->',
    '<!-- size:a --><!-- /size --> twice <!-- size:a --><!-- /size -->',
  ])('must be a pair, once: %s', (text) => {
    expect(() => replaceBetween(text, 'size:a', 'x')).toThrow('needs <!-- size:a -->')
  })
})

it('kilobytes are rounded up, so that no table flatters', () => {
  expect([2000, 2001, 2100, 2101, 1].map(kilobytes)).toEqual([
    '2.0 kB',
    '2.1 kB',
    '2.1 kB',
    '2.2 kB',
    '0.1 kB',
  ])
})
