import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ensureInstalled } from '../drivers/debian.ts'
import { type Browser, browserRuntime } from './browser.ts'
import type { Runtime } from './runtime.ts'

const binaries = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

/** What would make it call home, or open a page of its own. */
const off = [
  'app.normandy.enabled',
  'app.update.enabled',
  'browser.aboutwelcome.enabled',
  'browser.safebrowsing.downloads.enabled',
  'browser.safebrowsing.malware.enabled',
  'browser.safebrowsing.phishing.enabled',
  'browser.shell.checkDefaultBrowser',
  'datareporting.policy.dataSubmissionEnabled',
  'extensions.update.enabled',
  'network.captive-portal-service.enabled',
  'network.connectivity-service.enabled',
]

export const firefoxBrowser: Browser = {
  name: 'firefox',
  available: () => ensureInstalled(binaries, ['firefox-esr']),
  binary: () => binaries.find((file) => existsSync(file)) ?? 'firefox-esr',
  args(url, profile) {
    const preferences = [
      ...off.map((name) => `user_pref("${name}", false);`),
      // Nothing answers on port 9.
      'user_pref("services.settings.server", "http://127.0.0.1:9/");',
    ]
    writeFileSync(path.join(profile, 'user.js'), preferences.join('\n'))
    return ['--headless', '--no-remote', '--profile', profile, url]
  },
}

export const firefox: Runtime = browserRuntime(firefoxBrowser)
