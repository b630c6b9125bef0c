import type { Collected, Example, Language, Line } from './types.ts'

const languages: Readonly<Record<string, Language>> = {
  ts: 'ts',
  typescript: 'ts',
  tsx: 'tsx',
  js: 'js',
  javascript: 'js',
}

/** What may stand in a block and is not a program; `sh` is looked up by `commands.ts`. */
const others = new Set(['text', 'json', 'md', 'html', 'http', 'sh', 'bash', 'shell', 'console'])

/** The preludes that have a name, each with what it exports. */
const preludes: Readonly<Record<string, string>> = {
  response: 'response',
  answer: 'response',
  completion: 'response',
  server: 'serve',
}

/** What the markers above a fence ask for. */
interface Surroundings {
  before: Line[]
  after: Line[]
  continues: boolean
  /** The line of the first marker; 0 when there is none. */
  line: number
}

/** Finds the examples in one section of a document; `examples.md` says what an author may write. */
export function collect(file: string, lines: readonly Line[]): Collected {
  const found: Collected = { examples: [], problems: [] }
  const problem = (line: number, message: string): void => {
    found.problems.push({ file, line, message })
  }
  let around = surroundings()
  for (let at = 0; at < lines.length; at++) {
    const { text, line } = lines[at] as Line
    const fence = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(text)
    if (fence) {
      const [, indent = '', ticks = '', info = ''] = fence
      const close = new RegExp(`^\\s*${ticks[0]}{${ticks.length},}\\s*$`)
      const end = lines.findIndex(({ text: each }, index) => index > at && close.test(each))
      if (end === -1) problem(line, 'the code block that begins here is never closed')
      const stop = end === -1 ? lines.length : end
      const code = lines
        .slice(at + 1, stop)
        .map((each) => ({ ...each, text: withoutIndent(each.text, indent) }))
      at = stop
      const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(info) ?? []
      const language = languages[word]
      if (language === undefined) {
        if (around.line > 0) problem(around.line, `a marker stands above a block of "${word}"`)
        if (!others.has(word))
          problem(
            line,
            `a block of "${word}" is not tried: ts, js and sh are, and text may be anything`,
          )
      } else {
        const noRun = /^no-run: *(\S.*)$/.exec(rest)?.[1]
        const complaint = complaintOf(language, rest, noRun)
        if (complaint !== undefined) problem(line, complaint)
        const previous = around.continues ? found.examples.at(-1) : undefined
        if (around.continues && previous === undefined)
          problem(around.line, 'there is no example before this one that it could continue')
        found.examples.push({
          file,
          line: line + 1,
          language,
          lines: joined(previous, [...around.before, ...code]),
          epilogue: around.after,
          noRun,
        })
      }
      around = surroundings()
      continue
    }
    if (/^\s*<!-- example:/.test(text)) {
      if (around.line === 0) around.line = line
      at = marker(lines, at, around, problem)
      continue
    }
    if (text.trim() !== '' && around.line > 0) {
      problem(around.line, 'a marker has to stand right above a block of ts or js')
      around = surroundings()
    }
  }
  if (around.line > 0) problem(around.line, 'a marker has to stand right above a block of ts or js')
  return found
}

/** What is wrong after the language of a fence. */
function complaintOf(language: Language, rest: string, noRun?: string): string | undefined {
  if (rest !== '' && noRun === undefined)
    return `"${rest}" means nothing here; an example that cannot run says "no-run: why"`
  if (language === 'tsx' && noRun === undefined)
    return 'a block of tsx is not run: say "no-run: why"'
  return undefined
}

function surroundings(): Surroundings {
  return { before: [], after: [], continues: false, line: 0 }
}

/** Reads the marker at `at` into `around`; gives the index of its last line. */
function marker(
  lines: readonly Line[],
  at: number,
  around: Surroundings,
  problem: (line: number, message: string) => void,
): number {
  const { text, line } = lines[at] as Line
  if (/^\s*<!-- example: continues -->\s*$/.test(text)) {
    around.continues = true
    return at
  }
  const named = /^\s*<!-- example: prelude (\w+) -->\s*$/.exec(text)
  if (named) {
    const gives = preludes[named[1] as string]
    if (gives === undefined) problem(line, `no prelude is called "${named[1]}"`)
    else around.before.push({ text: `import { ${gives} } from '#preludes/${named[1]}'`, line })
    return at
  }
  const open = /^\s*<!-- example: (prelude|epilogue)\s*$/.exec(text)
  if (!open) {
    problem(line, `no such marker: ${text.trim()}`)
    return at
  }
  const end = lines.findIndex(({ text: each }, index) => index > at && each.trim() === '-->')
  if (end === -1) {
    problem(line, 'the marker that begins here is never closed by a line with -->')
    return lines.length
  }
  around[open[1] === 'prelude' ? 'before' : 'after'].push(...lines.slice(at + 1, end))
  return end
}

/** An import that both parts have, word for word, stands once. */
function joined(previous: Example | undefined, code: readonly Line[]): Line[] {
  if (previous === undefined) return [...code]
  const had = new Set(
    previous.lines.map(({ text }) => text.trim()).filter((text) => /^import\s.*['"]$/.test(text)),
  )
  return [...previous.lines, ...code.filter(({ text }) => !had.has(text.trim()))]
}

function withoutIndent(text: string, indent: string): string {
  return text.startsWith(indent) ? text.slice(indent.length) : text.trimStart()
}
