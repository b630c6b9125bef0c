import type { ComponentChildren, VNode } from 'preact'

interface Tab<Id extends string> {
  readonly id: Id
  readonly name: string
}

/** A list of tabs: arrows go from one to the next, as the pattern of the ARIA guide has it. */
export function Tabs<Id extends string>({
  tabs,
  chosen,
  onChoose,
  label,
  panel,
}: {
  readonly tabs: readonly Tab<Id>[]
  readonly chosen: Id
  readonly onChoose: (id: Id) => void
  readonly label: string
  /** The element that the tabs control. */
  readonly panel: string
}): VNode {
  const step = (by: number, host: HTMLElement): void => {
    const at = tabs.findIndex(({ id }) => id === chosen)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (!next) return
    onChoose(next.id)
    host.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus()
  }
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
        if (by === undefined) return
        event.preventDefault()
        step(by, event.currentTarget)
      }}
    >
      {tabs.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          aria-controls={panel}
          aria-selected={id === chosen}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}

/** What a tab shows. */
export function Panel({
  id,
  tab,
  children,
}: {
  readonly id: string
  readonly tab: string
  readonly children: ComponentChildren
}): VNode {
  return (
    <div id={id} class="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
      {children}
    </div>
  )
}
