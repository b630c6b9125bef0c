import { existsSync } from 'node:fs'
import { ensureInstalled } from '../drivers/debian.ts'
import { browserRuntime } from './browser.ts'
import type { Runtime } from './runtime.ts'

const binaries = ['/usr/bin/chromium', '/usr/bin/google-chrome']

/** Why there is no Chromium here, or nothing when there is one. It is installed where that may be. */
export function ensureChromium(): Promise<string | undefined> {
  return ensureInstalled(binaries, ['chromium'])
}

export function chromiumBinary(): string {
  return binaries.find((file) => existsSync(file)) ?? 'chromium'
}

export const chromium: Runtime = browserRuntime({
  name: 'chromium',
  available: ensureChromium,
  binary: chromiumBinary,
  args: (url, profile) => [
    '--headless',
    // Root and most containers have no user namespaces, and the only page is ours.
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    // It must not call home.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    `--user-data-dir=${profile}`,
    // What keeps a headless Chromium open on its page.
    '--remote-debugging-port=0',
    url,
  ],
})
