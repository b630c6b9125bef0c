import { say } from './element.ts'

const THEMES = ['system', 'light', 'dark'] as const
const KEY = 'tesserae-theme'

/** Goes through the themes, and remembers which was chosen. */
export function themeSwitch(button: HTMLElement, onChange: () => void): () => void {
  let theme = THEMES.find((name) => name === remembered()) ?? 'system'
  const apply = (): void => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    say(button, { system: 'Auto', light: 'Light', dark: 'Dark' }[theme])
    button.setAttribute(
      'aria-label',
      `Theme: ${theme === 'system' ? 'as the system has it' : theme}`,
    )
    onChange()
  }
  const next = (): void => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!
    remember(theme)
    apply()
  }
  button.addEventListener('click', next)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange)
  apply()
  return next
}

/** Some browsers forbid memory to some pages. */
function remembered(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Then it lasts as long as the page.
  }
}
