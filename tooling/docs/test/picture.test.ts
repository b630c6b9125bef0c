// The pictures of the front page are drawn by hand from a recording. What they show is compared with what the packages
// make of the same recording.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createAccumulator } from '@tesserae/openai'
import { createParser } from '@tesserae/parser'
import { everyCut } from '@tesserae/testkit'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf } from '@tesserae/testkit/transcript'
import { describe, expect, test } from 'vitest'
import { repository } from '../../config/workspaces.ts'

const bytes = bodyOf(loadRecording('transformers-serve-tools/text-then-tool'))

/** What the packages make of the bytes: the data of the events, and the message. */
function readIn(chunks: Iterable<Uint8Array>) {
  const parser = createParser()
  const accumulator = createAccumulator()
  const events: string[] = []
  for (const chunk of chunks) {
    parser.feed(chunk)
    for (const event of parser) {
      events.push(event.data)
      accumulator.push(event.json())
    }
  }
  return { events, message: accumulator.finish().message }
}

const { events, message } = readIn([bytes])
const [choice] = message.choices
const [call] = choice!.message.tool_calls as { function: { name: string; arguments: string } }[]
const words = `${choice!.message.content}${call!.function.name}(${call!.function.arguments})`
const grouped = (count: number): string => count.toLocaleString('en-US')

describe.each(['stream', 'stream-narrow'])('%s.svg', (name) => {
  const svg = readFileSync(path.join(repository, `.github/${name}.svg`), 'utf8')
  const labels = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!)
  const tiles = /<g class="tiles"[^]*?\n<\/g>/.exec(svg)![0]
  /** How many tiles there are of a class; a tile is one stroke, `M` and `h`. */
  const tilesOf = (kind: string): number =>
    [...tiles.matchAll(new RegExp(`<path class="${kind}" d="([^"]*)"`, 'g'))]
      .map(([, d]) => d!.split('h').length - 1)
      .reduce((sum, count) => sum + count, 0)

  test('shows a tile for each byte, and a marked one for each line feed', () => {
    expect(tilesOf('[a-z]+\\d?')).toBe(bytes.length)
    expect(tilesOf('end')).toBe(bytes.filter((byte) => byte === 10).length)
  })

  test('colours the bytes that each event adds to the message', () => {
    expect([1, 2, 3, 4, 5].map((event) => tilesOf(`e${event}`)).join()).toBe(
      ['L', 'et', ' me', ' look', '.'].map((text) => text.length).join(),
    )
  })

  test('shows the events that the parser finds, and what they bring', () => {
    const kinds = labels.filter((label) => /^(role|text|tool call|end)$/.test(label))
    expect(kinds).toHaveLength(events.length)
    expect(labels).toEqual(expect.arrayContaining(['role', 'assistant', 'L', 'et', '␣me', '␣look']))
    expect(labels).toEqual(
      expect.arrayContaining(['tool call', 'get_time {}', choice!.finish_reason]),
    )
  })

  test('describes the message that the accumulator builds', () => {
    expect(words).toBe('Let me look.get_time({})')
    const description = /<desc[^>]*>([^<]*)</.exec(svg)![1]
    expect(description).toContain(`${bytes.length} bytes`)
    expect(description).toContain(`${events.length} events`)
    expect(description).toContain(words)
    const letters = labels.filter((label) => label.length === 1).join('')
    expect(letters).toContain(words.replaceAll(' ', ''))
  })

  test('counts the cuts after which the message is the same', () => {
    const all = [...everyCut(bytes)].map(({ chunks }) => JSON.stringify(readIn(chunks).message))
    expect(new Set(all)).toEqual(new Set([JSON.stringify(message)]))
    expect(labels.join('\n')).toContain(`all ${grouped(all.length)} ways to cut the bytes in two`)
    if (name === 'stream')
      expect(labels.join('\n')).toContain(`${message.usage?.total_tokens} tokens`)
  })

  test('needs nothing from elsewhere, and has a dark form and a still one', () => {
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/)
    expect(svg).toContain('<title id="title">')
    expect(svg).toContain('prefers-color-scheme:dark')
    expect(svg).toContain('prefers-reduced-motion:reduce')
  })
})
