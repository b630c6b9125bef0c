import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Scene } from '../stream/scenes.ts'

interface Props {
  readonly scenes: readonly Scene[]
  readonly chosen: Scene | undefined
  readonly onChoose: (scene: Scene) => void
}

/** A list of scenes to search in: the pattern of a combobox with a list. */
export function SceneChooser({ scenes, chosen, onChoose }: Props): VNode {
  const [query, setQuery] = useState<string>()
  const [active, setActive] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const isOpen = query !== undefined
  const found = isOpen ? scenesWith(scenes, query) : []
  const activeId = isOpen && found[active] ? `scene-option-${active}` : undefined
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' })
  }, [activeId])
  const open = (text: string): void => {
    setQuery(text)
    setActive(
      text === ''
        ? Math.max(
            0,
            scenes.findIndex((scene) => scene === chosen),
          )
        : 0,
    )
  }
  const close = (): void => setQuery(undefined)
  const choose = (scene: Scene | undefined): void => {
    close()
    if (scene) onChoose(scene)
  }
  return (
    <div class="chooser">
      <label for="scene">Scene</label>
      <input
        id="scene"
        ref={input}
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls="scene-list"
        aria-activedescendant={activeId}
        placeholder={`Search in ${scenes.length} scenes`}
        value={query ?? chosen?.title ?? ''}
        data-scene={chosen?.id}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onClick={() => open('')}
        onInput={({ currentTarget }) => open(currentTarget.value)}
        onBlur={close}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
          if (step !== undefined) {
            event.preventDefault()
            if (!isOpen) return open('')
            setActive((active) => Math.max(0, Math.min(found.length - 1, active + step)))
          } else if (event.key === 'Enter' && isOpen) {
            event.preventDefault()
            choose(found[active])
          } else if (event.key === 'Escape') close()
        }}
      />
      <ul id="scene-list" role="listbox" aria-label="Scenes" hidden={!isOpen}>
        {found.map((scene, index) => (
          // The keyboard moves in the input; the mouse goes down before the input loses its focus.
          <li
            key={scene.id}
            id={`scene-option-${index}`}
            role="option"
            aria-selected={index === active}
            data-id={scene.id}
            onMouseDown={(event) => {
              event.preventDefault()
              choose(scene)
            }}
          >
            <span class="title">{scene.title}</span>
            <span class="from">{scene.from}</span>
          </li>
        ))}
        {isOpen && found.length === 0 ? (
          <li role="option" aria-selected={false} aria-disabled={true}>
            No scene fits “{query}”.
          </li>
        ) : null}
      </ul>
    </div>
  )
}

/** The scenes that have every word of a query, in their title, their origin or their name. */
export function scenesWith(scenes: readonly Scene[], query: string): readonly Scene[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return scenes.filter(({ title, from, note, id, dialect }) => {
    const text = `${title} ${from} ${note} ${id} ${dialect}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
