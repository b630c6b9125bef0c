import { connect } from '@tesserae/client'
import { readDeltas } from '@tesserae/openai'
import { useEffect, useState } from 'preact/hooks'

/** One request that read the answer. */
export interface Attempt {
  /** The `Last-Event-ID` that it sent; empty at the beginning. */
  readonly after: string
  readonly events: number
}

export interface Answer {
  readonly text: string
  readonly state: 'none' | 'streaming' | 'waiting' | 'done' | 'stopped' | 'failed'
  readonly attempts: readonly Attempt[]
  readonly error?: unknown
}

const NOTHING: Answer = { text: '', state: 'none', attempts: [] }

/** The answer so far. It is read from its log, over any number of connections. */
export function useAnswer(address: string | undefined): Answer {
  const [answer, setAnswer] = useState(NOTHING)
  useEffect(() => {
    if (address === undefined) return undefined
    let last: string | undefined
    let isCurrent = true
    const change = (next: (before: Answer) => Partial<Answer>): void => {
      if (isCurrent) setAnswer((before) => ({ ...before, ...next(before) }))
    }
    const connection = connect(address, {
      delay: 500,
      onOpen: () =>
        change(({ attempts }) => ({
          state: 'streaming',
          attempts: [...attempts, { after: connection.lastEventId, events: 0 }],
        })),
      onRetry: () => change(() => ({ state: 'waiting' })),
      until({ event, data }) {
        last = event
        change(({ attempts }) => ({ attempts: counted(attempts) }))
        // The log says how it ended, so a stop is never mistaken for a lost connection.
        return event === 'stopped' || event === 'failed' || data === '[DONE]'
      },
    })
    const read = async (): Promise<void> => {
      change(() => NOTHING)
      for await (const delta of readDeltas(connection))
        if (delta.type === 'content') change(({ text }) => ({ text: text + delta.delta }))
      change(() => ({ state: 'done' }))
    }
    read().catch((error: unknown) =>
      change(() => (last === 'stopped' ? { state: 'stopped' } : { state: 'failed', error })),
    )
    return () => {
      isCurrent = false
      connection.close()
    }
  }, [address])
  return answer
}

function counted(attempts: readonly Attempt[]): readonly Attempt[] {
  const latest = attempts.at(-1)
  return latest ? [...attempts.slice(0, -1), { ...latest, events: latest.events + 1 }] : attempts
}
