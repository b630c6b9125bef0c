import { within } from '../within.ts'
import type { ResponseCase } from './case.ts'
import { cases } from './cases.ts'
import type { ResponsePeer, SeenResponse } from './peer.ts'
import { compare, type ResponseVerdict } from './compare.ts'

export interface ResponseResult {
  readonly note?: string
  /** Of each case by its name. */
  readonly verdicts: Readonly<Record<string, ResponseVerdict>>
}

export async function runPeer(peer: ResponsePeer): Promise<ResponseResult> {
  const verdicts: Record<string, ResponseVerdict> = {}
  for (const one of cases) verdicts[one.name] = compare(peer, one, await outcomeOf(peer, one))
  return { ...(peer.note !== undefined && { note: peer.note }), verdicts }
}

async function outcomeOf(peer: ResponsePeer, one: ResponseCase): Promise<SeenResponse | Error> {
  const type = typeof one.events === 'string' ? 'application/json' : 'text/event-stream'
  const body = bodyOf(one)
  const fetch = async (): Promise<Response> =>
    new Response(body, { headers: { 'content-type': type } })
  try {
    return (await within(3000, peer.read(fetch))) ?? new Error('did not end')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

export function bodyOf({ events, done = false, named = true }: ResponseCase): string {
  if (typeof events === 'string') return events
  const frames = events.map((event) => {
    const { type } = event as { type?: string }
    return `${named && type !== undefined ? `event: ${type}\n` : ''}data: ${JSON.stringify(event)}\n\n`
  })
  return frames.join('') + (done ? 'data: [DONE]\n\n' : '')
}
