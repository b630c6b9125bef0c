import type { AnswerPeer } from '../answers/peer.ts'
import { type AnswerResult, runCases } from '../answers/run-cases.ts'
import { cases } from './cases.ts'

export const runPeer = (peer: AnswerPeer): Promise<AnswerResult> => runCases(cases, peer)
