import { existsSync } from 'node:fs'
import { ensureInstalled } from '../debian.ts'
import { browserRuntime } from './browser.ts'
import type { Runtime } from './runtime.ts'

const binaries = ['/usr/bin/chromium', '/usr/bin/google-chrome']

export const chromium: Runtime = browserRuntime({
  name: 'chromium',
  available: () => ensureInstalled(binaries, ['chromium']),
  binary: () => binaries.find((file) => existsSync(file)) ?? 'chromium',
  args: (url, profile) => [
    '--headless',
    // Root and most containers have no user namespaces, and the only page is ours.
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    // It must not phone anybody.
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
