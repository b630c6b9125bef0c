import type { Finished, StreamEnd } from '../accumulator/types.ts'
import type { Wire } from '../wire.ts'
import { Letters } from './letters.ts'
import { decoder, encoder, type Literal, literalOf } from './literal.ts'
import { equals, type Lead, match, window } from './match.ts'
import {
  type Around,
  begin,
  type Family,
  familyOf,
  learnFrom,
  learnOpening,
  MAX_TEXT,
  recent,
  type Shape,
} from './shapes.ts'
import { type Hole, isWellFormed, type Template } from './template.ts'

/** Builds a message from chunks: the accumulator, with or without prediction before it. */
export interface Builder<Message> {
  /** Takes a parsed chunk. `text` is the event's data, if the event says nothing else. */
  take(chunk: Wire, text?: string): void
  finish(end: StreamEnd): Finished<Message>
}

/** Reads events without parsing them, if they are like earlier ones. */
export interface Prediction {
  /** Whether it is worth while to read a chunk of so many bytes event by event. */
  pays(length: number): boolean
  /** Takes the known events between `from` and the last line end, each within the limit, and returns where the rest begins. */
  read(chunk: Uint8Array, from: number, last: number, limit: number): number
  /** Is shown how an event is written that is about to be parsed. */
  observe(chunk: Uint8Array, start: number): void
  /** Takes an event by its data, if it is known. */
  takeText(text: string): boolean
}

/** In the first stream of a family nothing is learnt from the first chunks: many streams have no others. */
const UNLEARNT = 8
/** Nor from a chunk whose length differs by more from that of the one before: chunks of one shape differ by a few words. */
const ALIKE = 48
/** In larger pieces the first events are read one by one, because the others of the same piece may be known. */
const LARGE = 4096
/** So many events are read one by one for that. */
const MAX_FIRST = 32
const MAX_CREDIT = 128
/** A lead is made when a template has matched so often without it: making one costs as much as a hundred comparisons save. */
const MATCHES = 64
/** So many buffers are kept for streams to come: making one takes longer than reading an event. */
const MAX_SPARE = 32

const AROUND: Around = ['data: ', '\n\n']

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const D = 0x64
const OPEN = 0x7b

const spare: Letters[] = []
const NONE: readonly Shape[] = []

/**
 * Stands before an accumulator: compares the bytes of an event with those of earlier ones, copies the leaves in which
 * they differ, and pushes one chunk in place of many. Events that differ anywhere else are not read here.
 */
export class Predictor<Message> implements Builder<Message>, Prediction {
  readonly #target: Builder<Message>
  /** Whether each event is pushed by itself, because a listener hears of each. */
  readonly #isEager: boolean
  /** How many chunks were parsed, and the length of the last. */
  #parsed = 0
  #length = 0
  /** What is known of streams like this one: set by the first chunk. */
  #family: Family | undefined
  /** What stands around the data of an event. */
  #around: Around = AROUND
  /** Whether the event that is parsed was compared with the known shapes before. */
  #wasTried = false
  /** Fields that were given in a chunk that was parsed: later values do not count. */
  readonly #given: Record<string, unknown> = {}
  /** The template that matched last; it alone has anything that waits. */
  #current: Template | undefined
  #waits = false
  #values: unknown[] = []
  /** The text that waits, one for each hole of text. */
  #letters: Letters[] = []
  #lead: Lead | undefined
  #matches = 0

  constructor(target: Builder<Message>, isEager: boolean) {
    this.#target = target
    this.#isEager = isEager
  }

  pays(length: number): boolean {
    const family = this.#family
    if (family === undefined) return true
    if (family.credit <= 0) return false
    return family.known.length > 0 || (length > LARGE && this.#parsed < MAX_FIRST)
  }

  take(chunk: Wire, text?: string): void {
    this.#flush()
    this.#target.take(chunk)
    const family = this.#family
    if (text === undefined || (family !== undefined && family.credit <= 0)) return
    this.#given['id'] ||= chunk['id']
    this.#given['created'] ||= chunk['created']
    const isAlike = Math.abs(text.length - this.#length) < ALIKE
    this.#length = text.length
    this.#parsed++
    if (family === undefined) this.#begin(chunk, text)
    else if (family.isKnown || (isAlike && this.#parsed > UNLEARNT))
      learnFrom(family, chunk, text, this.#wasTried ? family.known : NONE)
    this.#wasTried = false
  }

  /** Takes the first chunk that is short enough to be learnt. */
  #begin(chunk: Wire, text: string): void {
    if (text.length > MAX_TEXT) return
    const family = familyOf(chunk, this.#around)
    this.#family = family
    if (family.isKnown && family.credit > 0) learnOpening(family, chunk, text)
    begin(family)
  }

  finish(end: StreamEnd): Finished<Message> {
    this.#flush()
    if (this.#family) this.#family.isKnown = true
    if (spare.length < MAX_SPARE) spare.push(...this.#letters)
    this.#letters = []
    return this.#target.finish(end)
  }

  read(chunk: Uint8Array, from: number, last: number, limit: number): number {
    let at = from
    // A template begins with `data:`, and an event is whole if a line end follows it.
    if (last < from || chunk[from] !== D) return from
    window.open(chunk)
    try {
      while (at < last) {
        // A listener may have read another stream.
        if (window.chunk !== chunk) window.open(chunk)
        const end = this.#match(at, limit)
        if (end < 0) break
        at = end
      }
    } finally {
      window.close()
    }
    return at
  }

  takeText(text: string): boolean {
    const family = this.#family
    if (family === undefined ? recent.length === 0 : !this.pays(0)) return false
    // Bytes cannot express half a character, and an event in bytes ends with its line.
    if (!isWellFormed(text) || /[\r\n]/.test(text)) return false
    const bytes = encoder.encode(this.#around.join(text))
    window.open(bytes)
    try {
      if (this.#match(0, bytes.length) >= 0) return true
    } finally {
      window.close()
    }
    this.#missed()
    return false
  }

  observe(bytes: Uint8Array, start: number): void {
    const end = bytes.indexOf(LF, start)
    if (bytes[start] !== D || end < 0) return
    this.#missed()
    const before = bytes[start + 5] === SPACE ? 'data: ' : 'data:'
    const after = bytes[end - 1] === CR ? '\r\n\r\n' : '\n\n'
    if (before === this.#around[0] && after === this.#around[1]) return
    this.#flush()
    this.#around = [before, after]
    this.#current = this.#lead = this.#family = undefined
  }

  /** The event is like none that is known. */
  #missed(): void {
    const family = this.#family
    if (family === undefined || family.known.length === 0) return
    family.credit--
    this.#wasTried = true
  }

  /** Takes the event that begins at `from`, if a template matches it, and returns its end; otherwise -1. */
  #match(from: number, limit: number): number {
    const family = this.#family
    if (family === undefined) return this.#matchFirst(from, limit)
    const { bytes } = window
    // `[DONE]`, for one, is like no chunk.
    if (bytes[from + this.#around[0].length] !== OPEN) return -1
    const current = this.#current
    const likely = current === undefined ? family.first : (current.next ?? current)
    let end = likely === undefined ? -1 : this.#try(likely, from, limit)
    if (end < 0 && current !== undefined && current !== likely)
      end = this.#try(current, from, limit)
    if (end >= 0) return end
    const line = bytes.indexOf(LF, from)
    for (const { template } of family.known) {
      if (template === undefined || template === likely || template === current) continue
      if (!mayMatch(template, from, line, family.around)) continue
      end = this.#try(template, from, limit)
      if (end >= 0) return end
    }
    return -1
  }

  /** Takes the first event of a stream, if it is written like that of another one. */
  #matchFirst(from: number, limit: number): number {
    const line = window.bytes.indexOf(LF, from)
    for (const family of recent)
      if (family.credit > 0)
        for (const { template } of family.openings) {
          if (template === undefined || !mayMatch(template, from, line, family.around)) continue
          const end = match(template, from)
          if (end < 0 || end - from > limit) continue
          if (!this.#copyText(template) || !this.#takeSkipped(template)) return -1
          this.#family = family
          this.#around = family.around
          this.#current = template
          begin(family)
          this.#take(template)
          this.#flush()
          return end
        }
    return -1
  }

  /** Takes the fields that other events skip; `false` if one is empty, which is as if it had not come. */
  #takeSkipped({ fillings, skips }: Template): boolean {
    const values: unknown[] = []
    for (let at = 0; at < fillings.length; at++) {
      const { kind, path } = fillings[at] as Hole
      const [name = ''] = path
      if (path.length > 1 || !skips.includes(name)) continue
      const value = kind === 'skipped string' ? window.stringIn(at) : window.numberIn(at)
      if (!value) return false
      values[at] = this.#given[name] = value
    }
    this.#values = values
    return true
  }

  #try(template: Template, from: number, limit: number): number {
    const isCurrent = template === this.#current
    const end = match(template, from, isCurrent ? this.#lead : undefined)
    if (end < 0 || end - from > limit) return -1
    if (!isCurrent) {
      if (!template.skips.every((name) => this.#given[name])) return -1
      this.#turnTo(template)
    }
    if (!this.#copyText(template)) return -1
    this.#current?.precede(template)
    if (!window.hasLead && ++this.#matches === MATCHES) this.#findLead(template, from)
    this.#take(template)
    return end
  }

  #turnTo(template: Template): void {
    this.#flush()
    if (this.#current !== undefined) this.#current.precede(template)
    else if (this.#family !== undefined) this.#family.first = template
    this.#current = template
    this.#lead = undefined
    this.#matches = 0
  }

  /** Copies the text of the event that was matched; `false` if it is better parsed. */
  #copyText({ fillings }: Template): boolean {
    const { bytes, starts, to } = window
    let count = 0
    for (let at = 0; at < fillings.length; at++) {
      if (fillings[at]?.kind !== 'text') continue
      const letters = (this.#letters[count++] ??= spare.pop() ?? new Letters())
      if (letters.copy(bytes, starts[at] ?? 0, to) < 0) return false
    }
    return true
  }

  #take(template: Template): void {
    const { fillings, joins } = template
    template.hits++
    this.#waits = true
    const family = this.#family
    if (family !== undefined && family.credit < MAX_CREDIT) family.credit++
    let isFull = !joins || this.#isEager
    let count = 0
    for (let at = 0; at < fillings.length; at++) {
      const kind = fillings[at]?.kind
      if (kind === 'text') {
        const letters = this.#letters[count++] as Letters
        letters.length = letters.end
        isFull ||= letters.isHalfFull
      } else if (kind === 'string') this.#values[at] = window.stringIn(at)
      else if (kind === 'number') this.#values[at] = window.numberIn(at)
      else if (kind === 'parsed') this.#values[at] = window.values[at]
    }
    if (isFull) this.#flush()
  }

  /** Skipped fields at the beginning that do not change in this stream are compared, which is faster. */
  #findLead({ fillings }: Template, from: number): void {
    this.#matches = 0
    const filling = fillings.findIndex(({ kind }) => !kind.startsWith('skipped'))
    if (filling < 1) return
    const text = decoder.decode(window.bytes.subarray(from, window.starts[filling]))
    this.#lead = { literal: literalOf(text), filling }
  }

  #flush(): void {
    if (!this.#waits || this.#current === undefined) return
    this.#waits = false
    const { fillings } = this.#current
    let count = 0
    for (let at = 0; at < fillings.length; at++)
      if (fillings[at]?.kind === 'text') this.#values[at] = this.#letters[count++]?.take()
    const chunk = this.#current.chunkWith(this.#values)
    this.#values = []
    this.#target.take(chunk)
  }
}

/** Whether the event whose first line ends at `line` ends like an event of the template. Most templates already differ there. */
function mayMatch({ literals }: Template, from: number, line: number, [, after]: Around): boolean {
  const literal = literals[literals.length - 1] as Literal
  const start = line + 1 + after.length / 2 - literal.length
  return start >= from && equals(literal, window.bytes, window.view, start, window.to)
}
