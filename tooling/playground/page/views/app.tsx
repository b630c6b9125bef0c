import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Session } from '../state/session.ts'
import { BytesPane } from './bytes-pane.tsx'
import { CompareDialog } from './compare-dialog.tsx'
import { DetailsPane } from './details-pane.tsx'
import { EventsPane } from './events-pane.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { useView } from './hooks.ts'
import { KeysDialog, useKeys } from './keys.tsx'
import { Mark } from './mark.tsx'
import { MessagePane } from './message-pane.tsx'
import { SourcePanel } from './source-panel.tsx'
import { useTheme } from './theme.ts'
import { Timeline } from './timeline.tsx'

const VIEWS = ['bytes', 'events', 'message', 'details'] as const

/** The page. */
export function App({ session }: { readonly session: Session }): VNode {
  const view = useView(session)
  const theme = useTheme()
  const keys = useRef<HTMLDialogElement>(null)
  const exports = useRef<HTMLDialogElement>(null)
  const compare = useRef<HTMLDialogElement>(null)
  const [shown, setShown] = useState<(typeof VIEWS)[number]>('message')
  const eventKeys = useKeys({ session, theme: theme.next, help: () => keys.current?.showModal() })
  const isBad = view.standing.tone === 'bad'
  // On a narrow screen one pane is seen at a time: when something goes wrong, the one that says what.
  useEffect(() => {
    if (isBad) setShown('details')
  }, [isBad])
  return (
    <>
      <a class="skip" href="#views">
        Skip to the stream
      </a>
      <header class="masthead">
        <Mark />
        <h1>Tesserae</h1>
        <p class="tagline">
          Inspect a stream of a language model: its bytes, its events, its message, and what went
          wrong.
        </p>
        <div class="tools">
          <a class="quiet" id="chat" href="./chat.html">
            Resumable chat
          </a>
          <button type="button" id="export" onClick={() => exports.current?.showModal()}>
            Export…
          </button>
          <button type="button" id="compare" onClick={() => compare.current?.showModal()}>
            Compare…
          </button>
          <button
            type="button"
            id="theme"
            class="quiet"
            onClick={theme.next}
            aria-label={theme.label}
          >
            {theme.text}
          </button>
          <button
            type="button"
            id="show-keys"
            class="quiet"
            aria-haspopup="dialog"
            onClick={() => keys.current?.showModal()}
          >
            Keys <kbd>?</kbd>
          </button>
        </div>
      </header>
      <main data-shown={shown}>
        <SourcePanel session={session} />
        <Timeline session={session} view={view} theme={theme.text} />
        <div class={isBad ? 'views bad' : 'views'} id="views">
          <div class="tabs view-tabs" role="group" aria-label="View">
            {VIEWS.map((name) => (
              <button
                key={name}
                type="button"
                data-view={name}
                aria-pressed={shown === name}
                onClick={() => setShown(name)}
              >
                {name[0]?.toUpperCase() + name.slice(1)}
              </button>
            ))}
          </div>
          <BytesPane session={session} view={view} />
          <EventsPane session={session} view={view} onKey={eventKeys} />
          <MessagePane session={session} view={view} />
          <DetailsPane view={view} />
        </div>
      </main>
      <KeysDialog dialog={keys} />
      <ExportDialog dialog={exports} session={session} />
      <CompareDialog dialog={compare} session={session} view={view} />
    </>
  )
}
