import type { Readable } from 'node:stream'
import { globSync } from 'node:fs'
import { ensureInstalled } from '../drivers/debian.ts'
import { endOf, outputOf, readLines, start } from '../drivers/processes.ts'
import { type Browser, browserRuntime } from './browser.ts'
import type { Runtime } from './runtime.ts'

const library = 'libwebkit2gtk-4.1-0'
const browsers = '/usr/lib/*-linux-gnu/webkit2gtk-4.1/MiniBrowser'
const display = '/usr/bin/Xvfb'

/** WebKitGTK: the engine of Safari, in the small browser that comes with it. It has no headless mode, hence the display. */
export const webkitBrowser: Browser = {
  name: 'webkit',
  async available() {
    const reason = await ensureInstalled([browsers], [library])
    return reason ?? ensureInstalled([display], ['xvfb'])
  },
  binary: () => globSync(browsers)[0] ?? 'MiniBrowser',
  // MiniBrowser tells nothing without a display.
  versionCommand: ['dpkg-query', '--showformat=${Version}', '--show', library],
  args: (url) => [url],
  async beside(profile) {
    // Xvfb takes the first number that is free, and writes it to the descriptor.
    const args = ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp']
    const child = start(display, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
    const ended = endOf(child, 'Xvfb', outputOf(child))
    const number = new Promise<string>((resolve) => readLines(child.stdio[3] as Readable, resolve))
    const env = {
      DISPLAY: `:${await Promise.race([number, ended])}`,
      XDG_RUNTIME_DIR: profile,
      // Its sandbox needs user namespaces, which root in a container does not have; the only page is ours.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    }
    return { child, env }
  },
}

export const webkit: Runtime = browserRuntime(webkitBrowser)
