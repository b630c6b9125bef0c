import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inPackage, versioned } from '../../../../src/packages.ts'
import { startNginx } from '../../servers/nginx.ts'
import type { Running } from '../../servers/server.ts'
import type { SharedServers } from '../../shared-servers.ts'
import type { Endpoint } from '../clients/client.ts'
import { startProgram } from '../../../../src/foreign/program.ts'

/** Something that stands before a server and passes its streams on. */
export interface Path {
  readonly name: string
  /** Where to ask for what the upstream says. */
  to(upstream: string, servers: SharedServers): Promise<Endpoint>
}

export const startPortkey = (): Promise<Running> =>
  startProgram(inPackage('@portkey-ai/gateway/build/start-server.js'), { args: ['--headless'] })

/** A gateway whose headers say which upstream to ask, and whether to re-encode the stream. */
export const portkey: Path = {
  name: versioned('@portkey-ai/gateway'),
  async to(upstream, servers) {
    const { url } = await servers.get('portkey', startPortkey)
    return {
      url,
      headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` },
    }
  },
}

async function startAimockProxy(upstream: string): Promise<Running> {
  // It wants fixtures, though it will use none.
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-aimock-'))
  writeFileSync(path.join(folder, 'none.json'), '{"fixtures":[]}')
  const running = await startProgram(inPackage('@copilotkit/aimock/dist/cli.js'), {
    args: ['--proxy-only', '--provider-openai', upstream, '--fixtures', folder],
  })
  return {
    url: running.url,
    async stop() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const aimock: Path = {
  name: `${versioned('@copilotkit/aimock')} as a proxy`,
  to: (upstream, servers) => servers.get(`aimock ${upstream}`, () => startAimockProxy(upstream)),
}

const nginx = (gzip: boolean): Path => ({
  name: `nginx, gzip ${gzip ? 'on' : 'off'}`,
  to: (upstream, servers) =>
    servers.get(`nginx ${gzip} ${upstream}`, () => startNginx(upstream, { gzip })),
})

export const nginxPlain: Path = nginx(false)
export const nginxGzip: Path = nginx(true)
