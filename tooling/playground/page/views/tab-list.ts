/** Tabs, as a keyboard expects them: arrows go from one to the next. Answers what chooses one. */
export function tabList(list: HTMLElement, onChoose: (id: string) => void): (id: string) => void {
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')]
  const choose = (chosen: HTMLElement): void => {
    for (const tab of tabs) {
      const isChosen = tab === chosen
      tab.setAttribute('aria-selected', String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '')
      if (panel) panel.hidden = !isChosen
    }
    onChoose(chosen.id)
  }
  list.addEventListener('click', ({ target }) => {
    const tab = tabs.find((tab) => target instanceof Node && tab.contains(target))
    if (tab) choose(tab)
  })
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const at = tabs.findIndex((tab) => tab.getAttribute('aria-selected') === 'true')
    const next = tabs[(at + step + tabs.length) % tabs.length]!
    event.preventDefault()
    event.stopPropagation()
    next.focus()
    choose(next)
  })
  return (id) => {
    const tab = tabs.find((tab) => tab.id === id)
    if (tab) choose(tab)
  }
}
