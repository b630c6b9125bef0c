import { type Column, table } from '@tooling/conformance/markdown'
import type { Area } from '../area.ts'
import { within } from '../within.ts'
import type { Case } from './case.ts'
import { compare, type Verdict } from './compare.ts'
import type { AnswerPeer, Seen } from './peer.ts'

export interface AnswerResult {
  /** By the name of the case. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}

/** Cases by what they are about. */
export type Groups = Readonly<Record<string, readonly Case[]>>

/** @param words - the verdicts that have a column */
export function answerArea(
  title: string,
  readme: string,
  peers: Readonly<Record<string, AnswerPeer>>,
  groups: Groups,
  words: readonly string[],
): Area<AnswerPeer, AnswerResult> {
  const cases = Object.values(groups).flat()
  const number = (name: string): Column => [name, 'number']
  return {
    peers,
    run: (peer) => runCases(cases, peer),
    readme,
    title,
    columns: [
      ...words.map(number),
      ...Object.entries(groups).map(([group, { length }]) => number(`${group}, of ${length}`)),
    ],
    cells: ({ verdicts }) => [
      ...words.map((word) => {
        const total = word === 'right' ? ` of ${cases.length}` : ''
        return `${countOf(verdicts, word)}${total}`
      }),
      ...Object.values(groups).map(
        (group) => `${group.filter(({ name }) => verdicts[name] === 'right').length}`,
      ),
    ],
    better: (a, b) => countOf(b.verdicts, 'right') - countOf(a.verdicts, 'right'),
  }
}

async function runCases(cases: readonly Case[], peer: AnswerPeer): Promise<AnswerResult> {
  const its = await peer.load()
  const verdicts: Record<string, Verdict> = {}
  for (const each of cases)
    verdicts[each.name] = compare(peer, each, await outcomeOf(peer, its, each))
  return { verdicts }
}

async function outcomeOf(peer: AnswerPeer, its: unknown, { body }: Case): Promise<Seen | Error> {
  const type = body.startsWith('{') ? 'application/json' : 'text/event-stream'
  const fetch = async (): Promise<Response> =>
    new Response(body, { headers: { 'content-type': type } })
  try {
    return (await within(3000, peer.use(its, fetch))) ?? new Error('did not end')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

export function countOf(verdicts: AnswerResult['verdicts'], word: string): number {
  return Object.values(verdicts).filter((verdict) => verdict.startsWith(word)).length
}

/** A row for each case with its reason, a column for each peer. */
export function caseTable(
  heading: string,
  groups: Groups,
  peers: readonly { readonly name: string; readonly result?: AnswerResult }[],
): string {
  const columns = ['case', 'why', ...peers.map(({ name }) => name)]
  return Object.entries(groups)
    .map(([group, cases]) => {
      const rows = cases.map(({ name, why }) => [
        name,
        why,
        ...peers.map(({ result }) => signs[result?.verdicts[name]?.split(':')[0] ?? ''] ?? ''),
      ])
      return `${heading} ${group}\n\n${table(columns, rows)}`
    })
    .join('\n\n')
}

const signs: Readonly<Record<string, string>> = {
  right: '✓',
  wrong: '✗',
  fails: '!',
  'not shown': '–',
}
