import type { Area } from '../area.ts'
import { within } from '../within.ts'
import { type Fate, compare, sentWith } from './compare.ts'
import { type LineEnd, trialsOf } from './corpus.ts'
import { type Body, type EncoderPeer, type Field, fields, type Sent } from './peer.ts'
import { peers } from './peers.ts'

export interface EncoderResult {
  readonly fields: Readonly<Partial<Record<Field, FieldResult>>>
}

interface FieldResult {
  readonly trials: number
  readonly refused: number
  readonly exact: number
  /** Values that came back as others, or not at all, as JSON has them. */
  readonly altered: readonly string[]
  readonly injected: number
  /** The line ends by which something can be injected. */
  readonly by: readonly LineEnd[]
}

export const encoders: Area<EncoderPeer, EncoderResult> = {
  peers,
  run: runPeer,
  readme: 'packages/encoder/README.md',
  title: 'encoder',
  columns: ['event', 'id', 'data', 'comment', 'retry'],
  cells: ({ fields: { event, id, data, text, comment, retry } }) => [
    cell(event),
    cell(id),
    text === undefined ? cell(data) : `${cell(data)} JSON, ${cell(text)} text`,
    cell(comment),
    cell(retry),
  ],
  better: (a, b) => injectable(a) - injectable(b) || altered(a) - altered(b),
}

type Encode = (sent: Sent) => Body | Promise<Body>

export async function runPeer(peer: EncoderPeer): Promise<EncoderResult> {
  const its = await peer.load()
  const encode: Encode = (sent) => peer.use(its, sent)
  const results: Partial<Record<Field, FieldResult>> = {}
  for (const field of fields)
    if (peer.takes.includes(field)) results[field] = await runField(peer, encode, field)
  return { fields: results }
}

async function runField(peer: EncoderPeer, encode: Encode, field: Field): Promise<FieldResult> {
  const harmless = field === 'retry' ? 1000 : 'x'
  const control = { value: harmless, body: await encode(sentWith(peer, field, harmless)) }
  const fates: { fate: Fate; value: unknown; end?: LineEnd }[] = []
  for (const trial of trialsOf(field)) {
    const body = await bodyOf(encode, sentWith(peer, field, trial.value))
    const fate = body === undefined ? 'refused' : compare(peer, field, trial.value, body, control)
    fates.push({ ...trial, fate })
  }
  const injected = fates.filter(({ fate }) => fate === 'injected')
  return {
    trials: fates.length,
    refused: fates.filter(({ fate }) => fate === 'refused').length,
    exact: fates.filter(({ fate }) => fate === 'exact').length,
    altered: fates.flatMap(({ fate, value }) => (fate === 'altered' ? [show(value)] : [])),
    injected: injected.length,
    by: [...new Set(injected.flatMap(({ end }) => (end === undefined ? [] : [end])))],
  }
}

/** `undefined` if it throws. What is never answered is a body without anything in it. */
async function bodyOf(encode: Encode, sent: Sent): Promise<Body | undefined> {
  try {
    return (await within(2000, encode(sent))) ?? ''
  } catch {
    return undefined
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function injectable({ fields }: EncoderResult): number {
  return Object.values(fields).filter(({ injected }) => injected > 0).length
}

/** Whether a string lets something in, where a string belongs: `retry` is a number in all their types. */
export function isOpen({ fields }: EncoderResult): boolean {
  return Object.entries(fields).some(([field, { injected }]) => field !== 'retry' && injected > 0)
}

/** How many values come back as others. */
export function altered({ fields }: EncoderResult): number {
  return Object.values(fields).reduce((sum, { altered }) => sum + altered.length, 0)
}

function cell(result: FieldResult | undefined): string {
  if (result === undefined) return '–'
  if (result.injected > 0) return `✗ ${result.by.map((end) => end.replace(' ', '')).join(' ')}`
  if (result.altered.length > 0) return `~ ${result.altered.length} of ${result.trials}`
  return '✓'
}
