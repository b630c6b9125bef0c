import { type Cuts, cutEnds } from './stream/cuts.ts'
import { readPasted } from './stream/pasted.ts'
import { Recording } from './stream/recording.ts'
import {
  defaultPlaying,
  type Playing,
  readHeaders,
  type Scene,
  sceneRequest,
} from './stream/scenes.ts'
import type { Stage } from './stage.ts'
import { byId, make, say } from './views/element.ts'
import { formatBytes } from './views/numbers.ts'
import { tabList } from './views/tab-list.ts'

const field = <T extends HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(
  id: string,
): T => byId<T>(id)

/** Where streams come from: a scene of the server, what is pasted or dropped, an address. */
export class SourceForms {
  readonly #stage: Stage
  readonly #scene = field<HTMLSelectElement>('scene')
  readonly #note = byId('scene-note')
  readonly #choosePanel: (id: string) => void
  #scenes: readonly Scene[] = []

  constructor(stage: Stage) {
    this.#stage = stage
    const tabs = document.querySelector<HTMLElement>('.source .tabs')!
    this.#choosePanel = tabList(tabs, () => {})
    this.#onSubmit('from-scene', () => this.#playScene())
    for (const id of ['scene', 'speed', 'cuts', 'fault', 'fault-at', 'limit'])
      byId(id).addEventListener('change', () => this.#playScene())
    this.#onSubmit('from-paste', () => this.#playPasted())
    this.#onSubmit('from-url', () => this.#fetchUrl())
    byId('paste-file').addEventListener('change', () => {
      const file = field<HTMLInputElement>('paste-file').files?.[0]
      if (file) void this.#playFile(file)
    })
    this.#listenToDrops()
    const method = field<HTMLSelectElement>('method')
    method.addEventListener('change', () => {
      // A GET has no body.
      field<HTMLTextAreaElement>('body').disabled = method.value === 'GET'
    })
    field<HTMLInputElement>('url').value = new URL('/v1/chat/completions', location.href).href
    field<HTMLTextAreaElement>('headers').value = 'content-type: application/json'
    field<HTMLTextAreaElement>('body').value = JSON.stringify(
      { model: 'tesserae', stream: true, messages: [{ role: 'user', content: 'Who are you?' }] },
      null,
      2,
    )
  }

  /** Asks the server what it plays, and plays what the address of the page says, or the first. */
  async begin(): Promise<void> {
    this.#readAddress()
    try {
      const response = await fetch('/playground/scenes')
      if (!response.ok) throw new Error(`The server answers with status ${response.status}.`)
      this.#scenes = ((await response.json()) as { scenes: Scene[] }).scenes
    } catch {
      say(
        this.#note,
        'The server of this page does not answer. Start it again, and reload the page; pasting works all the same.',
      )
      this.#choosePanel('tab-paste')
      return
    }
    this.#listScenes()
    this.#readAddress()
    // Who was quicker than the list watches something of their own.
    if (this.#stage.isIdle) this.#playScene()
    else this.#showScene()
    // The page replaces its address without a word; what is told here, somebody has written.
    addEventListener('hashchange', () => {
      this.#readAddress()
      this.#choosePanel('tab-scene')
      this.#playScene()
    })
  }

  #readAddress(): void {
    const wanted = new URLSearchParams(location.hash.slice(1))
    const set = (id: string, value: string): void => {
      const select = field<HTMLSelectElement>(id)
      if ([...select.options].some((option) => option.value === value)) select.value = value
    }
    set('speed', wanted.get('speed') ?? defaultPlaying.speed)
    set('cuts', wanted.get('cuts') ?? defaultPlaying.cuts)
    set('fault', wanted.get('fault') ?? defaultPlaying.fault)
    set('fault-at', wanted.get('at') ?? String(defaultPlaying.at))
    set('limit', wanted.get('limit') ?? '')
    set('scene', wanted.get('scene') ?? this.#scenes[0]?.id ?? '')
  }

  #listScenes(): void {
    const groups = new Map<string, HTMLOptGroupElement>()
    // The systems have names without a slash, and end the scenes that were chosen; the rest are recordings.
    const chosen = this.#scenes.findLastIndex(({ id }) => !id.includes('/'))
    for (const [index, { id, title, from }] of this.#scenes.entries()) {
      const label = index <= chosen ? 'Chosen' : id.slice(0, id.indexOf('/'))
      let group = groups.get(label)
      if (!group) {
        group = document.createElement('optgroup')
        group.label = label
        groups.set(label, group)
      }
      const option = make('option', '', title)
      option.value = id
      option.title = from
      group.append(option)
    }
    this.#scene.replaceChildren(...groups.values())
  }

  /** Says what the chosen scene is, and which options it has. */
  #showScene(): Scene | undefined {
    const scene = this.#scenes.find(({ id }) => id === this.#scene.value)
    say(this.#note, '')
    if (scene)
      this.#note.append(
        make('span', '', scene.note),
        make('span', 'from', `${scene.from}, ${formatBytes(scene.bytes)}`),
      )
    // Without a fault there is no place for it.
    field<HTMLSelectElement>('fault-at').disabled = field<HTMLSelectElement>('fault').value === ''
    return scene
  }

  #playScene(): void {
    const scene = this.#showScene()
    if (!scene) return
    const playing: Playing = {
      speed: field<HTMLSelectElement>('speed').value,
      cuts: field<HTMLSelectElement>('cuts').value,
      fault: field<HTMLSelectElement>('fault').value,
      at: Number(field<HTMLSelectElement>('fault-at').value),
    }
    const limit = field<HTMLSelectElement>('limit').value
    const hash = new URLSearchParams({ scene: scene.id })
    if (playing.speed !== defaultPlaying.speed) hash.set('speed', playing.speed)
    if (playing.cuts !== defaultPlaying.cuts) hash.set('cuts', playing.cuts)
    if (playing.fault !== '') hash.set('fault', playing.fault)
    if (playing.fault !== '') hash.set('at', String(playing.at))
    if (limit !== '') hash.set('limit', limit)
    history.replaceState(null, '', `#${hash}`)
    const request = sceneRequest(scene, playing, limit === '' ? undefined : Number(limit))
    void this.#stage.play({ request, isOwnUrl: false })
  }

  #playPasted(): void {
    const text = field<HTMLTextAreaElement>('pasted').value
    if (text.trim() === '') {
      say(
        byId('paste-note'),
        'There is nothing to read yet: paste the body of a stream, as it came.',
      )
      field<HTMLTextAreaElement>('pasted').focus()
      return
    }
    const { bytes, note } = readPasted(text)
    say(byId('paste-note'), `${note}${formatBytes(bytes.length)}; the times are those of the pace.`)
    this.#playBytes(bytes)
  }

  async #playFile(file: File): Promise<void> {
    this.#choosePanel('tab-paste')
    const note = byId('paste-note')
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      say(
        note,
        bytes.length === 0
          ? `${file.name} is empty.`
          : `${file.name}, ${formatBytes(bytes.length)}; the times are those of the pace.`,
      )
      this.#playBytes(bytes)
    } catch {
      say(note, 'This file cannot be read: choose another, or paste what is in it.')
    }
  }

  #playBytes(bytes: Uint8Array): void {
    const cuts = field<HTMLSelectElement>('paste-cuts').value as Cuts
    const pace = Number(field<HTMLSelectElement>('paste-pace').value)
    const dialect = field<HTMLSelectElement>('paste-dialect').value
    const recorded = async (): Promise<Recording> => {
      const recording = new Recording({ status: 200, contentType: '', dialect, headAt: 0 })
      // Shown at once, it has times all the same, or there would be nothing to scrub over.
      const step = pace === 0 ? 1 : 1000 / pace
      let from = 0
      let at = 0
      for (const end of cutEnds(bytes, cuts)) {
        at += step
        recording.push(bytes.subarray(from, end), at)
        from = end
      }
      await recording.end({ at: at + step, how: 'closed' })
      return recording
    }
    void this.#stage.play({ recorded, isOwnUrl: false, isAtOnce: pace === 0 })
  }

  #fetchUrl(): void {
    const note = byId('url-note')
    const address = field<HTMLInputElement>('url').value.trim()
    const method = field<HTMLSelectElement>('method').value
    const body = field<HTMLTextAreaElement>('body').value
    const read = readHeaders(field<HTMLTextAreaElement>('headers').value)
    if ('wrong' in read)
      return say(
        note,
        `This line is no header: “${read.wrong}”. Write name: value, without characters beyond Latin-1.`,
      )
    let url: URL
    try {
      url = new URL(address, location.href)
    } catch {
      return say(note, 'This is no address: write one that begins with http:// or https://.')
    }
    // A path alone is one of this server.
    if (!/^(https?:\/)?\//i.test(address) || !/^https?:$/.test(url.protocol))
      return say(note, 'This is no address: write one that begins with http:// or https://.')
    say(note, `${method} ${url.href}`)
    const request = {
      url: url.href,
      method,
      headers: read.headers,
      dialect: field<HTMLSelectElement>('url-dialect').value,
      ...(method !== 'GET' && { body }),
    }
    void this.#stage.play({ request, isOwnUrl: url.origin !== location.origin })
  }

  #onSubmit(id: string, act: () => void): void {
    byId(id).addEventListener('submit', (event) => {
      event.preventDefault()
      act()
    })
  }

  #listenToDrops(): void {
    const { classList } = document.body
    document.addEventListener('dragover', (event) => {
      event.preventDefault()
      classList.add('dropping')
    })
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) classList.remove('dropping')
    })
    document.addEventListener('drop', (event) => {
      event.preventDefault()
      classList.remove('dropping')
      const { files } = event.dataTransfer ?? {}
      const text = event.dataTransfer?.getData('text/plain') ?? ''
      if (files?.[0]) void this.#playFile(files[0])
      else if (text !== '') {
        this.#choosePanel('tab-paste')
        field<HTMLTextAreaElement>('pasted').value = text
        this.#playPasted()
      }
    })
  }
}
