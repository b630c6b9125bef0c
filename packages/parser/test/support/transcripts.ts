import type { Item } from './outcome.ts'

/** One stream of a transcript, and what it says comes out. */
export interface Transcript {
  readonly title: string
  /** The name of a vector, or `own`. */
  readonly from: string
  readonly bytes: Uint8Array
  readonly items: readonly Item[]
  readonly lastEventId: string
  readonly pending: { readonly bytes: number; readonly fields: readonly string[] } | undefined
}

const CASE =
  /^## (?<title>.+)\n\n(?:(?<prose>(?!From: )[^#`][^]*?)\n\n)?From: (?<from>own|`[^`\n]+`)\n\n```stream\n(?<stream>[^]*?)```\n\n```out\n(?<out>[^]*?)```\n$/

/** Reads the format of `spec/README.md`. What is not in that format is an error: it would otherwise not be tested. */
export function readTranscripts(markdown: string): Transcript[] {
  const [head = '', ...cases] = markdown.split(/(?<=\n)\n(?=## )/)
  if (!/^# .+\n\n[^]+\n$/.test(head)) throw new Error(`No heading with an introduction: ${head}`)
  return cases.map((text) => {
    const groups = CASE.exec(text.endsWith('\n') ? text : `${text}\n`)?.groups
    if (groups === undefined) throw new Error(`Not a heading, From, stream and out: ${text}`)
    const { title = '', from = '', stream = '', out = '' } = groups
    return { title, from: from.replaceAll('`', ''), bytes: bytesOf(stream), ...outOf(out) }
  })
}

const NAMED: Record<string, string> = { n: '\n', r: '\r', t: '\t', 0: '\0', '\\': '\\' }

export function bytesOf(stream: string): Uint8Array {
  const utf8 = new TextEncoder()
  const bytes: number[] = []
  const token =
    /\\x(?<byte>[\da-f]{2})|\\u\{(?<point>[\da-f]{1,6})\}|\\(?<named>[nrt0\\])|\n|(?<text>[^\\\n]+)|(?<wrong>\\)/g
  for (const { groups = {} } of stream.matchAll(token)) {
    const { byte, point, named, text, wrong } = groups
    if (wrong !== undefined) throw new Error(`Not an escape: ${stream}`)
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16))
    if (point !== undefined)
      bytes.push(...utf8.encode(String.fromCodePoint(Number.parseInt(point, 16))))
    if (named !== undefined) bytes.push(...utf8.encode(NAMED[named]))
    if (text !== undefined) bytes.push(...utf8.encode(text))
  }
  return Uint8Array.from(bytes)
}

function outOf(out: string): Pick<Transcript, 'items' | 'lastEventId' | 'pending'> {
  const items: Item[] = []
  let lastEventId = ''
  let pending: Transcript['pending']
  for (const line of out.split('\n').slice(0, -1)) {
    // Strings are JSON; what stands between them tells what they are.
    const strings: string[] = []
    const shape = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, (text) => {
      strings.push(JSON.parse(text) as string)
      return '""'
    })
    const [first = '', second = '', third] = strings
    const number = Number(/\d+/.exec(shape)?.[0])
    if (shape.startsWith('event ""')) {
      const [, named, withId, afterId] =
        /^event ""( named "")?( id ""| after id ""())?$/.exec(shape) ?? fail(line)
      const id = withId === undefined ? undefined : named === undefined ? second : third
      if (id !== undefined) lastEventId = id
      else if (withId === undefined) lastEventId = ''
      items.push({
        event: {
          event: named === undefined ? undefined : second,
          data: first,
          id: afterId === undefined ? id : undefined,
          lastEventId,
        },
      })
    } else if (shape === 'comment ""') items.push({ comment: first })
    else if (/^retry \d+$/.test(shape)) items.push({ retry: number })
    else if (shape === 'unknown "" = ""') items.push({ unknown: [first, second] })
    else if (shape === 'last event id ""') lastEventId = first
    else if (/^pending \d+ bytes(?:: (?:data|event|id)(?:, (?:data|event|id))*)?$/.test(shape))
      pending = { bytes: number, fields: shape.split(': ')[1]?.split(', ') ?? [] }
    else fail(line)
  }
  return { items, lastEventId, pending }
}

function fail(line: string): never {
  throw new Error(`Not a line of what comes out: ${line}`)
}
