import { ClientError, type ClientClock, connect, type ConnectOptions } from '@tesserae/client'
import { expect } from 'vitest'
import type { Action, Scenario } from './scenario.ts'

/** What the server saw. */
export interface SeenRequest {
  readonly lastEventId: string
  /** When, in milliseconds. */
  readonly time: number
}

export interface Outcome {
  readonly requests: readonly SeenRequest[]
  readonly events: readonly string[]
  readonly ends: string | undefined
  readonly error: unknown
}

/** How the scenario's server is reached, and how its time passes. */
export interface Stage {
  readonly address: string
  readonly clock: ClientClock
  readonly fetch: NonNullable<ConnectOptions['fetch']>
  readonly requests: readonly SeenRequest[]
  /** Lets time pass until the promise settles, at most so many milliseconds. */
  pass(milliseconds: number, until: Promise<unknown>): Promise<void>
}

const MINUTES = 60_000

/** Plays the consumer of a scenario. */
export async function consume(scenario: Scenario, stage: Stage): Promise<Outcome> {
  const { options, act, horizon = 10 * MINUTES } = scenario
  const { clock } = stage
  const abort = new AbortController()
  const reason = new Error('the reason')
  if (scenario.aborted) abort.abort(reason)
  const connection = connect(stage.address, {
    random: () => 0.5,
    ...options,
    clock,
    fetch: stage.fetch,
    signal: abort.signal,
  })
  const perform = async (action: Action['do']): Promise<void> => {
    if (action === 'close') connection.close()
    if (action === 'abort') abort.abort(reason)
    if (action === 'reconnect') connection.reconnect()
    if (action === 'throw') throw new Error('the consumer')
    if (typeof action === 'object')
      await new Promise<void>((resolve) => clock.setTimeout(resolve, action.sleep))
  }
  const events: string[] = []
  let ends: string | undefined
  let error: unknown
  const consumer = (async () => {
    try {
      for await (const { data } of connection) {
        events.push(data)
        if (act?.events !== events.length) continue
        if (act.do === 'break') break
        await perform(act.do)
      }
      ends = connection.ending?.reason
    } catch (caught) {
      error = caught
      ends = endOf(caught, reason)
    }
  })()
  if (act?.time !== undefined) clock.setTimeout(() => void perform(act.do), act.time)
  await stage.pass(horizon, consumer)
  const outcome = { requests: [...stage.requests], events, ends, error }
  connection.close()
  await stage.pass(1_000, consumer)
  expect(connection.state).toBe('closed')
  return outcome
}

function endOf(error: unknown, reason: unknown): string {
  if (error instanceof ClientError) return error.code
  if (error === reason) return 'aborted'
  const { name, message } = error as Error
  return message === 'the consumer' ? message : name
}

/** Compares what happened with what the scenario says. */
export function judge(scenario: Scenario, outcome: Outcome, checksTime: boolean): void {
  const { requests, events, ends, error, waits } = scenario
  expect(outcome.events).toEqual(events)
  expect(outcome.ends, String(outcome.error)).toBe(ends)
  if (Array.isArray(requests))
    expect(outcome.requests.map(({ lastEventId }) => lastEventId)).toEqual(requests)
  else {
    const { least, most } = requests as { least: number; most: number }
    expect(outcome.requests.length).toBeGreaterThanOrEqual(checksTime ? least : 1)
    expect(outcome.requests.length).toBeLessThanOrEqual(most)
  }
  if (error) expect(outcome.error).toMatchObject(error)
  if (!waits || !checksTime) return
  const times = outcome.requests.map(({ time }) => time)
  const actual = times.slice(1).map((time, index) => time - times[index]!)
  expect(actual.length).toBe(waits.length)
  for (const [index, wait] of waits.entries()) {
    const [least, most] = typeof wait === 'number' ? [wait, wait] : wait
    expect(actual[index], `wait ${index}`).toBeGreaterThanOrEqual(least)
    expect(actual[index], `wait ${index}`).toBeLessThanOrEqual(most)
  }
}
