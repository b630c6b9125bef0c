import type { RefObject, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Session, View } from '../state/session.ts'
import { unstreamed } from '../stream/ask-model.ts'
import { comparable, diffLines } from '../stream/diff-lines.ts'
import { readWhole } from '../stream/fetch-stream.ts'
import type { Recording } from '../stream/recording.ts'
import { metricsAt } from '../stream/timing.ts'
import { formatBytes, formatCount, formatRate, formatTime } from './numbers.ts'

interface Props {
  readonly dialog: RefObject<HTMLDialogElement | null>
  readonly session: Session
  readonly view: View
}

/** The stream that is shown beside another one that was kept, or beside the answer without streaming. */
export function CompareDialog({ dialog, session, view }: Props): VNode {
  const { recording } = view.moment
  const { pinned } = session
  const [whole, setWhole] = useState<{ readonly answer?: unknown; readonly said: string }>({
    said: '',
  })
  // The answer belongs to the stream that it was asked for.
  useEffect(() => setWhole({ said: '' }), [recording])
  const request = view.order?.request && unstreamed(view.order.request)
  const ask = async (): Promise<void> => {
    if (!request) return
    setWhole({ said: 'Asking without streaming …' })
    try {
      setWhole({ answer: await readWhole(request), said: '' })
    } catch (error) {
      setWhole({ said: error instanceof Error ? error.message : String(error) })
    }
  }
  const isKept = pinned?.recording === recording
  const hint = isKept
    ? 'It is kept. Close this, load another stream, and compare again.'
    : request
      ? ''
      : 'Only a request that streams can be asked without streaming.'
  const title = view.order?.title ?? 'This stream'
  // Both may have been pasted.
  const names = [
    pinned?.title === title ? `${title}, kept` : (pinned?.title ?? ''),
    pinned?.title === title ? `${title}, now` : title,
  ] as const
  return (
    <dialog id="compare-dialog" class="full" ref={dialog} aria-labelledby="compare-title">
      <h2 id="compare-title">Compare</h2>
      <p class="note">
        Keep this stream and load another one to see both side by side. Or ask the same without
        streaming, to see whether the message is the same.
      </p>
      <div class="acts">
        <button
          type="button"
          id="pin"
          aria-pressed={pinned !== undefined}
          onClick={() => session.pin()}
        >
          {pinned ? `Let go of “${pinned.title}”` : 'Keep this stream'}
        </button>
        <button type="button" id="ask-whole" disabled={!request} onClick={() => void ask()}>
          Ask without streaming
        </button>
        <span role="status" id="compare-note">
          {whole.said || hint}
        </span>
      </div>
      {whole.answer === undefined ? null : (
        <Sides
          names={['Accumulated from the stream', 'Answer without streaming']}
          values={[recording.message.outcome?.message, whole.answer]}
        />
      )}
      {pinned && !isKept ? (
        <>
          <Numbers one={pinned.recording} other={recording} names={names} />
          <Sides
            names={names}
            values={[pinned.recording.message.outcome?.message, recording.message.outcome?.message]}
          />
        </>
      ) : null}
      <form method="dialog">
        <button class="act">Close</button>
      </form>
    </dialog>
  )
}

function Sides({
  names,
  values,
}: {
  readonly names: readonly [string, string]
  readonly values: readonly [unknown, unknown]
}): VNode {
  const lines = diffLines(comparable(values[0]), comparable(values[1]))
  const differing = lines.filter(({ left, right }) => left !== right).length
  return (
    <>
      <p class="sum" id="compare-sum">
        {differing === 0 ? 'Both are the same.' : `${formatCount(differing)} lines differ.`}
      </p>
      <div class="sides" tabIndex={0} role="region" aria-label="Both messages, line by line">
        <table>
          <thead>
            <tr>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ left, right }, index) => (
              <tr key={index} class={left === right ? '' : 'differs'}>
                <td class={right === undefined ? 'only' : ''}>{left ?? ''}</td>
                <td class={left === undefined ? 'only' : ''}>{right ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Numbers({
  one,
  other,
  names,
}: {
  readonly one: Recording
  readonly other: Recording
  readonly names: readonly [string, string]
}): VNode {
  const columns = [one, other].map(numbersOf)
  return (
    <table class="numbers">
      <thead>
        <tr>
          <td />
          <th scope="col">{names[0]}</th>
          <th scope="col">{names[1]}</th>
        </tr>
      </thead>
      <tbody>
        {Object.keys(columns[0] ?? {}).map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {columns.map((numbers, index) => (
              <td key={index}>{numbers[name]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function numbersOf(recording: Recording): Record<string, string> {
  const { tape, events, message } = recording
  const { ttfb, ttft, itl, tokensPerSecond } = metricsAt(recording, tape.steps)
  const { verdict } = message.outcome ?? {}
  return {
    TTFB: formatTime(ttfb),
    TTFT: formatTime(ttft),
    'ITL p50': formatTime(itl?.p50),
    'ITL p95': formatTime(itl?.p95),
    'ITL max': formatTime(itl?.max),
    'Tokens/s': formatRate(tokensPerSecond),
    Events: formatCount(events.entries.filter(({ kind }) => kind === 'event').length),
    Bytes: formatBytes(tape.length),
    Verdict: verdict
      ? verdict.complete
        ? 'complete'
        : `incomplete: ${verdict.reason ?? ''}`
      : '–',
  }
}
