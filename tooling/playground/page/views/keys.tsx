import type { RefObject, VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Session } from '../state/session.ts'

interface Helpers {
  readonly session: Session
  readonly theme: () => void
  readonly help: () => void
}

/** What the list of events does with a key. Answers whether it did something. */
export interface EventKeys {
  walk: (to: 'next' | 'previous' | 'first' | 'last') => void
  open: () => void
}

/**
 * Gives keys their meaning wherever nothing is being typed or chosen. The list of events registers what it does with
 * the keys for it, so that they work from everywhere.
 */
export function useKeys(helpers: Helpers): RefObject<EventKeys | null> {
  const events = useRef<EventKeys>(null)
  const kept = useRef(helpers)
  kept.current = helpers
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target, key, shiftKey } = event
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (!(target instanceof Element) || document.querySelector('dialog[open]')) return
      if (target.closest('input, textarea, select, [role=tab], [role=combobox], summary')) return
      const command = commandOf(key, shiftKey, target)
      if (!command) return
      event.preventDefault()
      command(kept.current, events.current)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return events
}

type Command = (helpers: Helpers, events: EventKeys | null) => void

function commandOf(key: string, shift: boolean, target: Element): Command | undefined {
  const isButton = target.closest('button, a') !== null
  // Panes scroll by these keys, as everywhere; the list of events moves in itself.
  const isPane = target.closest('[role=region], pre[tabindex]') !== null
  const isTree = target.closest('[role=tree]') !== null
  const isDown = key === 'ArrowDown'
  switch (key) {
    case ' ':
      return isButton ? undefined : ({ session }) => session.toggle()
    case 'Enter':
      return isButton ? undefined : (_, events) => events?.open()
    case 'ArrowLeft':
    case 'ArrowRight':
      return ({ session }) => session.step((key === 'ArrowLeft' ? -1 : 1) * (shift ? 10 : 1))
    case 'ArrowUp':
    case 'ArrowDown':
      return isPane ? undefined : (_, events) => events?.walk(isDown ? 'next' : 'previous')
    case 'PageUp':
    case 'PageDown':
      return isPane || isTree
        ? undefined
        : ({ session }) => session.step(key === 'PageUp' ? -10 : 10)
    case 'Home':
    case 'End':
      if (isPane) return undefined
      if (isTree) return (_, events) => events?.walk(key === 'Home' ? 'first' : 'last')
      return ({ session }) => (key === 'Home' ? session.seek(0) : session.toEnd())
    case 'Escape':
      return ({ session }) => session.choose(undefined)
    case '?':
      return ({ help }) => help()
    default:
      return letterOf(key.toLowerCase())
  }
}

function letterOf(key: string): Command | undefined {
  if (key === 'r') return ({ session }) => session.again()
  if (key === 's') return ({ session }) => session.stop()
  if (key === 't') return ({ theme }) => theme()
  if (key === '/' || key === 'f') return () => document.getElementById('search')?.focus()
  return undefined
}

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Space'], 'pause, or play on from here'],
  [['←', '→'], 'one chunk back or on; with Shift, ten'],
  [
    ['Home', 'End'],
    'the beginning or the end of the stream; in the list of events, the first or the last',
  ],
  [['↑', '↓'], 'the event before or after; its bytes and what it added light up'],
  [['Enter'], 'open or close that event'],
  [['/'], 'search in the events'],
  [['R'], 'send the request again'],
  [['S'], 'stop a stream that is coming'],
  [['T'], 'switch the theme'],
  [['Esc'], 'let go of the event'],
]

export function KeysDialog({
  dialog,
}: {
  readonly dialog: RefObject<HTMLDialogElement | null>
}): VNode {
  return (
    <dialog id="keys" ref={dialog} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="act">Close</button>
      </form>
    </dialog>
  )
}
