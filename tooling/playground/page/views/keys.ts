/** What can be done with a key. */
export interface Commands {
  toggle(): void
  step(chunks: number): void
  toStart(): void
  toEnd(): void
  /** To the event before or after. */
  walk(by: number): void
  open(): void
  letGo(): void
  again(): void
  stop(): void
  theme(): void
  help(): void
}

/** Gives keys their meaning, wherever nothing is being written or chosen. */
export function listenToKeys(commands: Commands): void {
  document.addEventListener('keydown', (event) => {
    const { target, key, shiftKey } = event
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (!(target instanceof Element) || document.querySelector('dialog[open]')) return
    if (target.closest('input, textarea, select, [role=tab]')) return
    const isButton = target.closest('button, a') !== null
    // Panes scroll by these keys, as everywhere.
    const isPane = target.matches('[role=region]')
    const command = commandOf(key, shiftKey, isButton, isPane)
    if (!command) return
    event.preventDefault()
    command(commands)
  })
}

function commandOf(
  key: string,
  shift: boolean,
  isButton: boolean,
  isPane: boolean,
): ((commands: Commands) => void) | undefined {
  const far = shift ? 10 : 1
  if (isButton && (key === ' ' || key === 'Enter')) return undefined
  if (isPane && ['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key)) return undefined
  switch (key) {
    case ' ':
      return (commands) => commands.toggle()
    case 'ArrowLeft':
      return (commands) => commands.step(-far)
    case 'ArrowRight':
      return (commands) => commands.step(far)
    case 'ArrowUp':
      return (commands) => commands.walk(-1)
    case 'ArrowDown':
      return (commands) => commands.walk(1)
    case 'PageUp':
      return isPane ? undefined : (commands) => commands.step(-10)
    case 'PageDown':
      return isPane ? undefined : (commands) => commands.step(10)
    case 'Home':
      return (commands) => commands.toStart()
    case 'End':
      return (commands) => commands.toEnd()
    case 'Enter':
      return (commands) => commands.open()
    case 'Escape':
      return (commands) => commands.letGo()
    case 'r':
    case 'R':
      return (commands) => commands.again()
    case 's':
    case 'S':
      return (commands) => commands.stop()
    case 't':
    case 'T':
      return (commands) => commands.theme()
    case '?':
      return (commands) => commands.help()
    default:
      return undefined
  }
}
