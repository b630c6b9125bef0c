import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createParser } from '@tesserae/parser'
import { programOf } from '../../../src/programs.ts'
import type { Seen } from '../script.ts'
import type { Client } from './client.ts'

/** curl for the wire, our own parser for the format: a client that reconnects by hand. */
export const curl: Client = {
  name: 'curl and @tesserae/parser',
  protocols: ['h1', 'h2'],
  async follow(url) {
    const program = await programOf('curl')
    const events: Seen[] = []
    const times: number[] = []
    const parser = createParser()
    let opened = 0
    for (let attempt = 0; attempt < 20; attempt++) {
      const header = parser.lastEventId === '' ? [] : ['-H', `Last-Event-ID: ${parser.lastEventId}`]
      const status = ['-w', '%{stderr}%{http_code} %{http_version}']
      const child = spawn(program, [
        '-sSNk',
        '--max-time',
        '20',
        '--compressed',
        ...header,
        ...status,
        url,
      ])
      let report = ''
      child.stderr.on('data', (chunk) => (report += chunk))
      const closed = once(child, 'close')
      parser.reset({ lastEventId: parser.lastEventId })
      for await (const chunk of child.stdout) {
        parser.feed(chunk)
        for (const event of parser) {
          if (event.event === 'end') continue
          times.push(Date.now())
          events.push([event.event ?? 'message', event.data, event.lastEventId])
        }
      }
      // What curl says comes through another pipe, and may come after the last of the body.
      await closed
      const [code, version] = report.split(' ')
      if (code === '204') return { events, times, opened }
      if (code !== '200' || (url.startsWith('https') && version !== '2'))
        throw new Error(`curl says ${report}`)
      opened++
    }
    throw new Error('20 connections were not enough.')
  },
}
