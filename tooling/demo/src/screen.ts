import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** An event, in words. */
export interface Line {
  readonly number: number
  readonly kind: string
  readonly adds: string
}

/** Writes what happens, a line each. Colours only where a terminal shows them and nobody objected. */
export class Screen {
  readonly #begin = performance.now()

  title(text: string, notes: readonly string[]): void {
    this.#write(`\n${this.#style('bold', text)}\n${this.#style('dim', notes.join('; '))}`)
  }

  /** Bytes that arrived together, and the events that they completed. */
  chunk(chunk: Uint8Array, events: readonly Line[]): void {
    const time = `${Math.round(performance.now() - this.#begin)} ms`.padStart(9)
    const size = `${chunk.byteLength} bytes`.padStart(12)
    const margin = this.#style('dim', `${time}${size}`)
    const lines = events.map(
      ({ number, kind, adds }) =>
        `  event ${String(number).padEnd(3)} ${this.#style('cyan', kind.padEnd(7))} ${adds}`,
    )
    const shown = [margin + (lines[0] ?? ''), ...lines.slice(1).map(indented)]
    this.#write(shown.map((line) => line.trimEnd()).join('\n'))
  }

  /** A stream's own text: what would move a terminal's cursor is shown as a sign. */
  text(name: string, value: string): void {
    this.result(name, value.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n]/gu, '\uFFFD'))
  }

  result(name: string, value: string): void {
    this.#write(`${name.padStart(21)}  ${value.replaceAll('\n', `\n${' '.repeat(23)}`)}`)
  }

  good(text: string): string {
    return this.#style('green', text)
  }

  bad(text: string): string {
    return this.#style('red', text)
  }

  #style(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout })
  }

  #write(text: string): void {
    process.stdout.write(`${text}\n`)
  }
}

function indented(line: string): string {
  return `${' '.repeat(21)}${line}`
}
