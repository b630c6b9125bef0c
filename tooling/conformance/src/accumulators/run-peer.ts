import { within } from '../within.ts'
import type { Case } from './case.ts'
import { groups } from './cases.ts'
import type { AccumulatorPeer, Seen } from './peer.ts'
import { compare, type Verdict } from './compare.ts'

export interface AccumulatorResult {
  readonly note?: string
  /** Of each case by its name. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}

export async function runPeer(peer: AccumulatorPeer): Promise<AccumulatorResult> {
  const verdicts: Record<string, Verdict> = {}
  for (const one of Object.values(groups).flat())
    verdicts[one.name] = compare(peer, one, await outcomeOf(peer, one))
  return { ...(peer.note !== undefined && { note: peer.note }), verdicts }
}

async function outcomeOf(peer: AccumulatorPeer, one: Case): Promise<Seen | Error> {
  const body = bodyOf(one)
  const fetch = async (): Promise<Response> =>
    new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  try {
    return (await within(3000, peer.read(fetch))) ?? new Error('did not end')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

export function bodyOf({ data, end, body }: Case): string {
  if (body !== undefined) return body
  const texts = data.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  return [...texts, ...(end === 'none' ? [] : ['[DONE]'])]
    .map((text) => `data: ${text}\n\n`)
    .join('')
}
