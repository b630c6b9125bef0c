import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { View } from '../state/session.ts'
import { histogramOf } from '../stream/timing.ts'
import { Diagnostics } from './diagnostics.tsx'
import { formatCount, formatTime } from './numbers.ts'
import { Panel, Tabs } from './tabs.tsx'

const TABS = [
  { id: 'diagnostics', name: 'Diagnostics' },
  { id: 'latency', name: 'Latency' },
  { id: 'response', name: 'Response' },
] as const

/** What there is to say beside the message: what is strange, how the times are spread, the head of the response. */
export function DetailsPane({ view }: { readonly view: View }): VNode {
  const [tab, setTab] = useState<(typeof TABS)[number]['id']>('diagnostics')
  return (
    <section class="pane details-pane diagnostics" aria-labelledby="h-details">
      <header>
        <h2 id="h-details" class="unseen">
          Details
        </h2>
        <Tabs tabs={TABS} chosen={tab} onChoose={setTab} label="Details" panel="details" />
      </header>
      <Panel id="details" tab={tab}>
        <div class="scroller" id={tab} tabIndex={0} role="region" aria-label={tab}>
          {tab === 'diagnostics' ? <Diagnostics view={view} /> : null}
          {tab === 'latency' ? <Latency view={view} /> : null}
          {tab === 'response' ? <Response view={view} /> : null}
        </div>
      </Panel>
    </section>
  )
}

function Latency({ view }: { readonly view: View }): VNode {
  const { itl } = view.metrics
  if (!view.moment.recording.tape.hasTimes)
    return <p class="nothing">This stream has no times, so there is no latency to show.</p>
  if (!itl)
    return (
      <p class="nothing">After two events that add text, the times between them appear here.</p>
    )
  const bars = histogramOf(itl)
  const most = Math.max(...bars.map(({ count }) => count))
  return (
    <>
      <p class="about">
        Times between {formatCount(itl.count + 1)} events that add text. Events that came in one
        chunk are 0 ms apart.
      </p>
      <table class="histogram">
        <caption class="unseen">How often a time between two events occurs</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">How often</th>
            <th scope="col">Count</th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ from, to, count }) => (
            <tr key={from}>
              <th scope="row">
                {from === 0 ? '' : `${formatCount(from)}–`}
                {from === 0 ? `< ${to}` : formatCount(to)} ms
              </th>
              <td>
                <span class="bar" style={{ width: `${(100 * count) / most}%` }} />
              </td>
              <td>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="about">
        p50 {formatTime(itl.p50)}, p95 {formatTime(itl.p95)}, max {formatTime(itl.max)}
      </p>
    </>
  )
}

function Response({ view }: { readonly view: View }): VNode {
  const { settings } = view.moment.recording
  const { request } = view.order ?? {}
  return (
    <>
      {request ? (
        <p class="about">
          <code>
            {request.method} {request.url}
          </code>
          {request.isForwarded ? ' through the local server' : ''}
        </p>
      ) : null}
      <p class="about">
        Status <code>{settings.status}</code>
        {settings.headers.length === 0 ? ', without headers that are known' : ''}
      </p>
      {settings.headers.length > 0 ? (
        <table class="headers">
          <caption class="unseen">The headers of the response</caption>
          <tbody>
            {settings.headers.map(([name, value], index) => (
              <tr key={index}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </>
  )
}
