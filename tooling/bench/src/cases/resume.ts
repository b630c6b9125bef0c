import { payloadEvents, type TimedLog } from '@tooling/conformance/timed/log'
import { type Case, ours, peer } from '../case.ts'
import { outcomeOf } from './parser.ts'

const logging = (work: 'write' | 'pass' | 'replay', events: number): Case<TimedLog> => {
  const outcome = (count: number) =>
    work === 'write' ? { events: count, checksum: 0 } : outcomeOf([...payloadEvents(count)])
  return {
    name: `resume/memory/${events}/${work}`,
    families: [`resume-${work}`],
    ours: ours('@tesserae/resume', 'tesserae-resume'),
    peer: peer('plain array', 'plain-log'),
    workload: () => ({
      events,
      bytes: [...payloadEvents(events)].reduce((sum, { data }) => sum + data.length, 0),
      async faultOf(code) {
        const [actual, expected] = [await code[work](100), outcome(100)]
        const isRight = actual.events === 100 && actual.checksum === expected.checksum
        return isRight ? undefined : `${actual.events} of 100 events, or other data`
      },
      outcome: outcome(events),
      run: (code) => code[work](events),
    }),
  }
}

/**
 * The log in memory beside an array that promises nothing. `pass` is the way of one event from the source to a waiting
 * reader; its time an event is the latency and the way back to the source.
 */
export const resumeCases: readonly Case[] = [
  logging('write', 10_000),
  logging('pass', 1000),
  logging('replay', 10_000),
] as readonly Case[]
