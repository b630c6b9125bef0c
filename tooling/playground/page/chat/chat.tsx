import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Mark } from '../views/mark.tsx'
import { useTheme } from '../views/theme.ts'
import { type Answer, type Attempt, useAnswer } from './use-answer.ts'

const ANSWERS = '/playground/answers'

const FAULTS = [
  ['cut', 'Cut the connection'],
  ['kill', 'Kill the server'],
  ['outage', 'Stop the store for 4 s'],
] as const

const STATES: Readonly<Record<Answer['state'], string>> = {
  none: 'Ask something.',
  streaming: 'Streaming',
  waiting: 'The connection is lost. The page connects again by itself.',
  done: 'Complete',
  stopped: 'Stopped. What was written stays.',
  failed: 'Failed',
}

/** A chat of one question and one answer, whose ID is in the address of the page. */
export function Chat(): VNode {
  const theme = useTheme()
  const [id, setId] = useState(location.hash.slice(1))
  const [trouble, setTrouble] = useState('')
  const answer = useAnswer(id === '' ? undefined : `${ANSWERS}/${id}`)
  const isLive = answer.state === 'streaming' || answer.state === 'waiting'

  useEffect(() => {
    const follow = (): void => setId(location.hash.slice(1))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])

  const ask = async (prompt: string): Promise<void> => {
    const next = crypto.randomUUID()
    const body = JSON.stringify({ id: next, prompt })
    const response = await fetch(ANSWERS, { method: 'POST', body }).catch(() => undefined)
    setTrouble(
      response?.ok ? '' : 'The server of this page does not answer. Start it with `npm start`.',
    )
    if (response?.ok) location.hash = next
  }

  return (
    <>
      <header class="masthead">
        <Mark />
        <h1>Resumable chat</h1>
        <div class="tools">
          <a class="quiet" href="./index.html">
            Playground
          </a>
          <button
            type="button"
            id="theme"
            class="quiet"
            onClick={theme.next}
            aria-label={theme.label}
          >
            {theme.text}
          </button>
        </div>
      </header>
      <main>
        <p class="about">
          The server writes the answer into a log, and this page reads the log. Cut the connection,
          lose the server or its store, reload the page or open it in a second tab: no word is lost,
          and none comes twice.
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void ask(String(new FormData(event.currentTarget).get('prompt')))
          }}
        >
          <label>
            Prompt
            <input name="prompt" id="prompt" maxLength={4096} required autocomplete="off" />
          </label>
          <button class="act">Ask</button>
          <button
            type="button"
            id="stop"
            disabled={!isLive}
            onClick={() => void fetch(`${ANSWERS}/${id}`, { method: 'DELETE' })}
          >
            Stop
          </button>
        </form>
        <fieldset disabled={!isLive}>
          <legend>Break it while it streams</legend>
          {FAULTS.map(([fault, label]) => (
            <button
              key={fault}
              type="button"
              id={fault}
              onClick={() => void fetch(`${ANSWERS}/${id}/${fault}`, { method: 'POST' })}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <p role="status" id="state" data-state={answer.state}>
          {trouble || `${STATES[answer.state]}${reasonOf(answer.error)}`}
        </p>
        <output id="answer">{answer.text}</output>
        {answer.attempts.length > 0 ? <Attempts attempts={answer.attempts} /> : null}
      </main>
    </>
  )
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const cause = error.cause instanceof Error ? error.cause : error
  return `: ${cause.message}`
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }): VNode {
  return (
    <table>
      <caption>Requests of this page</caption>
      <thead>
        <tr>
          <th scope="col">Last-Event-ID</th>
          <th scope="col">events</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(({ after, events }, index) => (
          <tr key={index}>
            <td>{after === '' ? 'none: from the beginning' : after}</td>
            <td>{events}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
