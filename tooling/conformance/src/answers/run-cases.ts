import { within } from '../within.ts'
import type { Case } from './case.ts'
import { compare, type Verdict } from './compare.ts'
import type { AnswerPeer, Seen } from './peer.ts'

export interface AnswerResult {
  readonly note?: string
  /** By the name of the case. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}

export async function runCases(cases: readonly Case[], peer: AnswerPeer): Promise<AnswerResult> {
  const verdicts: Record<string, Verdict> = {}
  for (const each of cases) verdicts[each.name] = compare(peer, each, await outcomeOf(peer, each))
  return { ...(peer.note !== undefined && { note: peer.note }), verdicts }
}

async function outcomeOf(peer: AnswerPeer, { body }: Case): Promise<Seen | Error> {
  const type = body.startsWith('{') ? 'application/json' : 'text/event-stream'
  const fetch = async (): Promise<Response> =>
    new Response(body, { headers: { 'content-type': type } })
  try {
    return (await within(3000, peer.read(fetch))) ?? new Error('did not end')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
