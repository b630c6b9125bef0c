import { useEffect, useState } from 'preact/hooks'

const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]
const KEY = 'tesserae-theme'
const TEXTS = { system: 'Auto', light: 'Light', dark: 'Dark' } as const

export interface ThemeSwitch {
  readonly text: string
  readonly label: string
  readonly next: () => void
}

/** The theme, which is remembered, and the switch that goes through all of them. */
export function useTheme(): ThemeSwitch {
  const [theme, setTheme] = useState<Theme>(
    () => THEMES.find((name) => name === readStorage(KEY)) ?? 'system',
  )
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    writeStorage(KEY, theme)
  }, [theme])
  return {
    text: TEXTS[theme],
    // The name begins with the text that is seen, so that a voice control finds it.
    label: `${TEXTS[theme]} theme; switch to ${TEXTS[after(theme)].toLowerCase()}`,
    next: () => setTheme(after),
  }
}

function after(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
}

/** Some browsers forbid storage to some pages. */
export function readStorage(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function writeStorage(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Then it lasts as long as the page.
  }
}
