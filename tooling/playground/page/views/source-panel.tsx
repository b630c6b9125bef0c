import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Address, readAddress, writeAddress } from '../state/address.ts'
import { keepOpened, keptOpened } from '../state/kept.ts'
import type { Session } from '../state/session.ts'
import { openFile, type Opened } from '../stream/open-file.ts'
import { type Reading, recordOpened } from '../stream/record-opened.ts'
import { type Scene, sceneRequest } from '../stream/scenes.ts'
import { AskForm } from './ask-form.tsx'
import { OpenForm } from './open-form.tsx'
import { SceneForm } from './scene-form.tsx'
import { Panel, Tabs } from './tabs.tsx'

const TABS = [
  { id: 'scene', name: 'Examples' },
  { id: 'open', name: 'Open' },
  { id: 'ask', name: 'Ask a model' },
] as const
type Tab = (typeof TABS)[number]['id']

type Bytes = Uint8Array<ArrayBuffer>

/** What was opened last, so that it can be read in another way. */
interface Held {
  readonly name: string
  readonly bytes: Bytes
  /** The one that was chosen of a file with several streams. */
  readonly index: number
}

/** Where streams come from: scenes of the server, what is pasted or opened, a model that is asked. */
export function SourcePanel({ session }: { readonly session: Session }): VNode {
  const [tab, setTab] = useState<Tab>('scene')
  const [scenes, setScenes] = useState<readonly Scene[]>([])
  const [scene, setScene] = useState(() => sceneAddress(readAddress('')))
  const [trouble, setTrouble] = useState('')
  const [held, setHeld] = useState<Held>()
  const [reading, setReading] = useState<Reading>({ cuts: 'event', protocol: undefined })
  const [note, setNote] = useState('')
  const [names, setNames] = useState<readonly string[]>([])

  const playScene = (next: SceneAddress, all = scenes): void => {
    setScene(next)
    const found = all.find(({ id }) => id === next.id) ?? all[0]
    if (!found) return
    show({ ...next, id: found.id })
    const limit = next.limit === '' ? undefined : Number(next.limit)
    const request = sceneRequest(found, next.playing, limit)
    void session.play({ request, title: found.title, isOwnUrl: false })
  }

  const read = ({ name, bytes, index }: Held, how: Reading): void => {
    setHeld({ name, bytes, index })
    setReading(how)
    try {
      const found = openFile(bytes)
      setNames('names' in found ? found.names : [])
      const opened = 'names' in found ? found.open(index) : found
      setNote(noteOf(name, opened))
      keepOpened(name, bytes)
      show({ kind: 'opened', name })
      const recorded = (): ReturnType<typeof recordOpened> => recordOpened(opened, how)
      void session.play({ recorded, title: name, isOwnUrl: false })
    } catch (error) {
      setNote(error instanceof Error ? error.message : String(error))
    }
  }

  const open = (name: string, bytes: Bytes): void => {
    setTab('open')
    if (isBlank(bytes))
      setNote('There is nothing to read yet: paste the body of a stream, or open a file.')
    else read({ name, bytes, index: 0 }, reading)
  }

  const follow = (address: Address, all: readonly Scene[]): void => {
    if (address.kind === 'scene') {
      setTab('scene')
      playScene(address, all)
    } else if (address.kind === 'asked') setTab('ask')
    else {
      setTab('open')
      const kept = keptOpened(address.name)
      if (kept) open(address.name, kept)
      else setNote(`“${address.name}” is not kept in this tab. Open it again.`)
    }
  }

  useEffect(() => {
    const begin = async (): Promise<void> => {
      const address = readAddress(location.hash)
      if (address.kind !== 'scene') follow(address, [])
      try {
        const response = await fetch('/playground/scenes')
        if (!response.ok) throw new Error(`status ${response.status}`)
        const all = ((await response.json()) as { scenes: Scene[] }).scenes
        setScenes(all)
        // A user who was quicker than the list watches something of their own.
        if (session.isIdle && address.kind === 'scene') follow(address, all)
      } catch {
        setTrouble(
          'The server of this page does not answer. Start it with `npm start`, and reload. Opening files works without it.',
        )
        setTab('open')
      }
    }
    void begin()
  }, [])

  useEffect(() => {
    // The page replaces its address without this event: what comes here was written by the user.
    const onHash = (): void => follow(readAddress(location.hash), scenes)
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  })

  useDrops(
    (file) => void file.arrayBuffer().then((buffer) => open(file.name, new Uint8Array(buffer))),
    (text) => open('pasted', new TextEncoder().encode(text)),
  )

  return (
    <section class="source" aria-label="Source">
      <Tabs
        tabs={TABS}
        chosen={tab}
        onChoose={setTab}
        label="Where the stream comes from"
        panel="source"
      />
      <Panel id="source" tab={tab}>
        {tab === 'scene' ? (
          <SceneForm scenes={scenes} address={scene} trouble={trouble} onPlay={playScene} />
        ) : null}
        {tab === 'open' ? (
          <OpenForm
            note={note}
            names={names}
            index={held?.index ?? 0}
            reading={reading}
            onOpen={open}
            onReading={(how, index) => {
              setReading(how)
              if (held) read({ ...held, index }, how)
            }}
          />
        ) : null}
        {tab === 'ask' ? (
          <AskForm
            onAsk={(request, title) => {
              show({ kind: 'asked', url: request.url })
              const isOwnUrl = new URL(request.url).origin !== location.origin
              void session.play({ request, title, isOwnUrl })
            }}
          />
        ) : null}
      </Panel>
    </section>
  )
}

function isBlank(bytes: Bytes): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))
}

export type SceneAddress = Extract<Address, { kind: 'scene' }>

function sceneAddress(address: Address): SceneAddress {
  return address.kind === 'scene' ? address : sceneAddress(readAddress(''))
}

/** The address of the page is that of what it shows. */
function show(address: Address): void {
  history.replaceState(null, '', writeAddress(address))
}

function noteOf(name: string, { kind, note, hasTimes }: Opened): string {
  const times = hasTimes ? 'with the times of its recording' : 'without times'
  return [`${name}: ${kind}, ${times}.`, note].filter(Boolean).join(' ')
}

/** Takes what is dropped anywhere on the page. */
function useDrops(onFile: (file: File) => void, onText: (text: string) => void): void {
  useEffect(() => {
    const { classList } = document.body
    const over = (event: DragEvent): void => {
      event.preventDefault()
      classList.add('dropping')
    }
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) classList.remove('dropping')
    }
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      classList.remove('dropping')
      const file = event.dataTransfer?.files[0]
      const text = event.dataTransfer?.getData('text/plain') ?? ''
      if (file) onFile(file)
      else if (text !== '') onText(text)
    }
    document.addEventListener('dragover', over)
    document.addEventListener('dragleave', leave)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('dragleave', leave)
      document.removeEventListener('drop', drop)
    }
  })
}
