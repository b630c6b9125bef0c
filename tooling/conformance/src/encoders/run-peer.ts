import { within } from '../within.ts'
import { type LineEnd, trialsOf } from './corpus.ts'
import { type Body, type EncoderPeer, type Field, fields } from './peer.ts'
import { type Fate, compare, sentWith } from './compare.ts'

export interface EncoderResult {
  readonly note?: string
  readonly fields: Readonly<Partial<Record<Field, FieldResult>>>
}

export interface FieldResult {
  readonly trials: number
  readonly refused: number
  readonly exact: number
  /** Values that came back as others, or not at all, as JSON has them. */
  readonly altered: readonly string[]
  readonly injected: number
  /** The line ends by which something can be injected. */
  readonly by: readonly LineEnd[]
}

export async function runPeer(peer: EncoderPeer): Promise<EncoderResult> {
  const results: Partial<Record<Field, FieldResult>> = {}
  for (const field of fields)
    if (peer.takes.includes(field)) results[field] = await runField(peer, field)
  return { ...(peer.note !== undefined && { note: peer.note }), fields: results }
}

async function runField(peer: EncoderPeer, field: Field): Promise<FieldResult> {
  const harmless = field === 'retry' ? 1000 : 'x'
  const control = { value: harmless, body: await peer.encode(sentWith(peer, field, harmless)) }
  const fates: { fate: Fate; value: unknown; end?: LineEnd }[] = []
  for (const trial of trialsOf(field)) {
    const body = await bodyOf(peer, field, trial.value)
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
async function bodyOf(peer: EncoderPeer, field: Field, value: unknown): Promise<Body | undefined> {
  try {
    const body = Promise.resolve(peer.encode(sentWith(peer, field, value)))
    return (await within(2000, body)) ?? ''
  } catch {
    return undefined
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
