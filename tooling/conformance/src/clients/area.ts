import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { inParallel } from '@tooling/consumers/parallel'
import { scenarios } from '../../../../packages/client/test/support/index.ts'
import { SPEED, stageOverSocket } from '../../../../packages/client/test/support/over-socket.ts'
import type { Scenario } from '../../../../packages/client/test/support/scenario.ts'
import type { Area } from '../area.ts'
import type { ClientPeer, ClientTask } from './peer.ts'
import { peers } from './peers.ts'

export interface ClientResult {
  readonly scenarios: number
  readonly right: number
  readonly notTried: number
  /** Errors that no handler of a user can catch, and that end the process. */
  readonly crashes?: number
  /** What went wrong with each scenario that is not right. */
  readonly wrong: Readonly<Record<string, Fault>>
}

type Fault = 'requests' | 'events' | 'both'

export const clients: Area<ClientPeer, ClientResult> = {
  peers,
  run: runPeer,
  readme: 'packages/client/README.md',
  title: 'client',
  columns: [
    ['right', 'number'],
    ['wrong', 'number'],
    ['cannot try', 'number'],
    ['a POST is sent again', 'number'],
    ['the process would end', 'number'],
  ],
  cells: ({ scenarios, right, notTried, wrong, crashes }) => [
    `${right} of ${scenarios}`,
    `${Object.keys(wrong).length}`,
    `${notTried}`,
    `${Object.entries(wrong).filter(([name, fault]) => name.includes('POST') && fault !== 'events').length || ''}`,
    `${crashes ?? ''}`,
  ],
  better: (a, b) => b.right - a.right,
}

/** Scenarios at the same time: each has a server of its own. */
const AT_ONCE = 8

/**
 * Milliseconds without a request or an event, after which nothing more is expected. They pass in so many parts, because
 * a process that is held up by the machine finds one timer due, and not one after the other.
 */
const QUIET = 600
const QUIET_PARTS = 6

/** How often so long the first request may take: a client loads its modules for it, and the machine may be busy. */
const START = 10

/** What of a scenario's options a client of another make may have. */
const KNOWN_OPTIONS = ['method', 'body', 'lastEventId']

/** Scenarios that follow from the standard, or from the rule that a POST is sent once, and that need no options of ours. */
const asked: readonly Scenario[] = Object.values(scenarios)
  .flat()
  .filter(
    ({ options = {}, act, clockOnly, ends, beyond, aborted }) =>
      !clockOnly &&
      !beyond &&
      !aborted &&
      ends !== undefined &&
      (act === undefined || (act.do === 'close' && act.events !== undefined)) &&
      Object.keys(options).every((name) => KNOWN_OPTIONS.includes(name)),
  )

async function runPeer(peer: ClientPeer): Promise<ClientResult> {
  const its = await peer.load()
  const restore = hurry()
  let crashes = 0
  const count = (): void => void crashes++
  process.on('uncaughtException', count).on('unhandledRejection', count)
  const wrong: Record<string, Fault> = {}
  const tried = asked.filter(({ options = {} }) => canTry(peer, options))
  try {
    await inParallel(tried, AT_ONCE, async (scenario) => {
      const fault = await faultOf(peer, its, scenario)
      if (fault !== undefined) wrong[scenario.name] = fault
    })
  } finally {
    restore()
    process.off('uncaughtException', count).off('unhandledRejection', count)
  }
  return {
    scenarios: asked.length,
    right: tried.length - Object.keys(wrong).length,
    notTried: asked.length - tried.length,
    ...(crashes > 0 && { crashes }),
    wrong: Object.fromEntries(Object.entries(wrong).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function canTry(
  { takes }: ClientPeer,
  { method, lastEventId }: object & Scenario['options'],
): boolean {
  return (method !== 'POST' || takes.post === true) && (!lastEventId || takes.lastEventId === true)
}

/** The timers of the clients run as fast as the server of a scenario. */
function hurry(): () => void {
  const { setTimeout } = globalThis
  const hurried = (run: () => void, delay = 0, ...rest: []): NodeJS.Timeout =>
    setTimeout(run, delay / SPEED, ...rest)
  globalThis.setTimeout = Object.assign(hurried, setTimeout) as typeof setTimeout
  return () => void (globalThis.setTimeout = setTimeout)
}

async function faultOf(
  peer: ClientPeer,
  its: unknown,
  scenario: Scenario,
): Promise<Fault | undefined> {
  const { options = {}, act } = scenario
  const stage = await stageOverSocket(scenario)
  const events: string[] = []
  const stop = new AbortController()
  const task: ClientTask = {
    address: stage.address,
    init: {
      method: options.method === 'POST' ? 'POST' : 'GET',
      ...(options.body !== undefined && { body: options.body as string }),
    },
    lastEventId: options.lastEventId,
    stop: stop.signal,
    onData(data) {
      events.push(data)
      if (act?.events === events.length) stop.abort()
    },
  }
  const over = peer.use(its, task).then(
    () => 'over',
    () => 'over',
  )
  for (let seen = -1, rounds = 0; ; rounds++) {
    const now = events.length + stage.requests.length
    // Quiet, or more than the scenario has: it will not be right any more.
    if (
      (now === seen && (now > 0 || rounds > START)) ||
      now > scenario.events.length + (scenario.requests as readonly string[]).length + 1
    )
      break
    seen = now
    if ((await Promise.race([over, quiet()])) === 'over') break
  }
  stop.abort()
  await stage.close()
  const expected = scenario.requests as readonly string[]
  const ids = stage.requests.map(({ lastEventId }) => lastEventId)
  // A client that asks again after 204 is wrong once, in the scenarios about 204, and not in each that ends with it.
  const last =
    scenario.ends === 'no-content' && !scenario.name.startsWith('204') ? expected.length : Infinity
  const requestsFit = isDeepStrictEqual(ids.slice(0, last), expected)
  const eventsFit = isDeepStrictEqual(events, scenario.events)
  if (requestsFit && eventsFit) return undefined
  return eventsFit ? 'requests' : requestsFit ? 'events' : 'both'
}

async function quiet(): Promise<void> {
  for (let part = 0; part < QUIET_PARTS; part++) await pause(QUIET / QUIET_PARTS)
}
