import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { end, freePort, start } from '@tooling/consumers/processes'
import { programOf } from '../../../src/programs.ts'
import { nodeServers } from './node.ts'
import type { Running, Server } from './server.ts'

/** nginx as Debian ships it, with its buffering left on and gzip for event streams: all that holds events back. */
export const nginx: Server = beforeOurs({ gzip: true })

/** The same, deaf to the header that turns its buffering off: it shows that the checks notice what is held back. */
export const deafNginx: Server = beforeOurs({
  gzip: true,
  directives: 'proxy_ignore_headers X-Accel-Buffering;',
})

function beforeOurs(settings: NginxSettings): Server {
  return {
    name: 'nginx with gzip before node:http',
    protocol: 'h1',
    async start() {
      const upstream = await nodeServers[0]!.start()
      const proxy = await startNginx(upstream.url, settings)
      return {
        url: proxy.url,
        async stop() {
          await proxy.stop()
          await upstream.stop()
        },
      }
    },
  }
}

export interface NginxSettings {
  readonly gzip: boolean
  /** More for the location. */
  readonly directives?: string
}

/** An nginx before another server, with its buffering left on. */
export function startNginx(
  upstream: string,
  { gzip, directives = '' }: NginxSettings,
): Promise<Running> {
  const compression = 'gzip on; gzip_types text/event-stream; gzip_min_length 1; gzip_proxied any;'
  return run(`${gzip ? compression : ''} server { listen ADDRESS;
    location / { proxy_pass ${upstream}; proxy_http_version 1.1; proxy_set_header Connection ""; ${directives} }
  }`)
}

/** An nginx with nchan: what is posted to `/publish?channel=` becomes an event of `/events?channel=`, with an ID. */
export async function startNchan(): Promise<Running> {
  const locations = `
    location = /publish { nchan_publisher; nchan_channel_id $arg_channel; nchan_message_buffer_length 1000; }
    location = /events {
      nchan_subscriber eventsource; nchan_channel_id $arg_channel; nchan_subscriber_first_message oldest;
    }`
  return run(`server { listen ADDRESS; ${locations} }`, `load_module ${await programOf('nchan')};`)
}

/** Starts nginx with the settings of its `http` block, in which `ADDRESS` is where it listens. */
async function run(http: string, modules = ''): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-nginx-'))
  const address = `127.0.0.1:${await freePort()}`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `${modules} daemon off; master_process off; pid ${folder}/pid; error_log stderr warn;
events { worker_connections 256; }
http { access_log off; ${temporary.join(' ')} ${http.replace('ADDRESS', address)} }`,
  )
  const child = start(
    await programOf('nginx'),
    ['-c', path.join(folder, 'nginx.conf'), '-p', folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  async function stop(): Promise<void> {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  let errors = ''
  child.stderr?.on('data', (chunk) => (errors += chunk))
  const url = `http://${address}`
  for (let attempt = 0; ; attempt++) {
    const isUp = await fetch(`${url}/late`, { method: 'HEAD' }).then(
      () => true,
      () => false,
    )
    if (isUp) return { url, stop }
    if (attempt === 600 || child.exitCode !== null) {
      await stop()
      throw new Error(`nginx did not start:\n${errors}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
