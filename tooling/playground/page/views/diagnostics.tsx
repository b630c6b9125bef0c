import type { ComponentChildren, VNode } from 'preact'
import type { Moment } from '../state/moment.ts'
import type { View } from '../state/session.ts'
import type { Outcome } from '../stream/message-log.ts'
import { type Protocol, protocolNames } from '../stream/protocol.ts'
import { reasonInWords, sentenceOf } from '../stream/standing.ts'
import { formatCount, plural } from './numbers.ts'

const NOTES: Readonly<Record<string, string>> = {
  'id-conflict':
    'A piece of a tool call came with another id. It was added to the call that its index names.',
  'name-conflict': 'A tool call was given a second name. The first one is kept.',
  'glued-arguments': 'There is more after the end of the arguments. It is kept as it came.',
  'orphan-fragment':
    'A piece of a tool call came before any call had begun. It became a call of its own.',
  'not-a-chunk': 'An event is not an object. It was left out.',
  'unknown-event': 'A named event is not a chunk. It was left out.',
  'glued-json': 'One event has several JSON documents. They were read one after the other.',
  'cut-event': 'The stream broke off inside an event that is not whole JSON. It was left out.',
}

const MOST_ISSUES = 40

/** What the parser and the accumulator report beside the message. */
export function Diagnostics({ view: { moment, outcome } }: { readonly view: View }): VNode {
  return (
    <>
      <Verdict moment={moment} outcome={outcome} />
      <ServerError outcome={outcome} />
      <Unread outcome={outcome} />
      <Notes moment={moment} outcome={outcome} />
      <Parser moment={moment} />
      <Issues moment={moment} />
    </>
  )
}

interface Props {
  readonly moment: Moment
  readonly outcome: Outcome | undefined
}

function Finding({
  tone,
  title,
  code,
  children,
}: {
  readonly tone: string
  readonly title: string
  readonly code?: string | undefined
  readonly children?: ComponentChildren
}): VNode {
  return (
    <section class="finding">
      <h3>
        <i class={`tessera t-${tone}`} />
        {title}
        {code ? <code>{code}</code> : null}
      </h3>
      {children}
    </section>
  )
}

function Verdict({ moment, outcome }: Props): VNode | null {
  const { hasEnded, recording } = moment
  const { protocol, refusal } = recording
  if (hasEnded && refusal)
    return (
      <Finding tone="bad" title="Not a stream" code={refusal.code}>
        <p>The body was not read as events. It is under Bytes.</p>
      </Finding>
    )
  if (protocol === 'events')
    return (
      <Finding tone="plain" title="Plain events: no verdict">
        <p>
          No protocol of a language model was found, so nothing says whether the stream is whole.
        </p>
      </Finding>
    )
  if (!outcome) return null
  const { verdict, failure } = outcome
  const when = hasEnded ? 'Verdict' : 'If the stream ended here'
  if (!verdict)
    return (
      <Finding tone={failure ? 'bad' : 'plain'} title={when} code={failure?.code}>
        <p>{failure ? sentenceOf(failure) : 'No event of a known protocol has come yet.'}</p>
      </Finding>
    )
  const name = protocol ? protocolNames[protocol] : ''
  if (verdict.complete && !failure)
    return (
      <Finding tone="tool" title={`${when}: complete`}>
        <p>
          {name}: {hasChoices(protocol) ? 'every choice has its end.' : 'the message has its end.'}
        </p>
      </Finding>
    )
  const reason = verdict.reason ?? failure?.code ?? ''
  const sentence = `${reasonInWords(reason)}.`
  return (
    <Finding tone={hasEnded ? 'bad' : 'plain'} title={`${when}: incomplete`} code={reason}>
      <p>{sentence.charAt(0).toUpperCase() + sentence.slice(1)}</p>
    </Finding>
  )
}

function hasChoices(protocol: Protocol | undefined): boolean {
  return protocol === 'chat' || protocol === 'legacy'
}

function ServerError({ outcome }: { readonly outcome: Outcome | undefined }): VNode | null {
  const error = outcome?.failure?.error
  if (!error) return null
  const fields = (['type', 'code', 'param', 'status'] as const).filter(
    (name) => error[name] !== undefined && error[name] !== null,
  )
  return (
    <Finding tone="bad" title="Error from the server">
      <p>{error.message}</p>
      {fields.length > 0 ? (
        <dl class="fields">
          {fields.map((name) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{String(error[name])}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </Finding>
  )
}

function Unread({ outcome }: { readonly outcome: Outcome | undefined }): VNode | null {
  const { failure } = outcome ?? {}
  if (failure?.data === undefined) return null
  return (
    <Finding tone="bad" title="The event that could not be read" code={failure.code}>
      <pre class="excerpt" tabIndex={0} aria-label="Its data">
        {failure.data.slice(0, 2000)}
      </pre>
    </Finding>
  )
}

function Notes({ moment, outcome }: Props): VNode {
  const { notes = [], partialToolCalls = [] } = outcome?.verdict ?? {}
  return (
    <>
      {notes.map(({ code, count, choice, toolCall }) => {
        const where = [
          choice === undefined ? '' : `choice ${choice}`,
          toolCall === undefined ? '' : `tool call ${toolCall}`,
          count > 1 ? `${formatCount(count)} times` : '',
        ].filter((text) => text !== '')
        return (
          <Finding key={`${code} ${choice} ${toolCall}`} tone="reasoning" title="Note" code={code}>
            <p>{NOTES[code] ?? ''}</p>
            {where.length > 0 ? <p>{where.join(', ')}</p> : null}
          </Finding>
        )
      })}
      {/* A call that is still being written is not cut off. */}
      {moment.hasEnded
        ? partialToolCalls.map(({ choice, toolCall }) => (
            <Finding key={`${choice} ${toolCall}`} tone="bad" title="A tool call was cut off">
              <p>
                Call {toolCall} of choice {choice}: do not run it. Its arguments are kept as they
                came.
              </p>
            </Finding>
          ))
        : null}
    </>
  )
}

function Parser({
  moment: { recording, offset, hasEnded },
}: {
  readonly moment: Moment
}): VNode | null {
  const { events, refusal, tape } = recording
  if (refusal) return null
  if (events.failure && events.failure.known <= offset) {
    const { code, message, offset: at } = events.failure.error
    return (
      <Finding tone="bad" title="Parser" code={code}>
        <p>{message}</p>
        <p>At byte {formatCount(at ?? 0)} of the stream.</p>
      </Finding>
    )
  }
  if (!hasEnded || !events.verdict) return <Finding tone="plain" title="Parser: reading" />
  if (tape.end?.how === 'stopped')
    return (
      <Finding tone="plain" title="Parser: stopped">
        <p>You stopped reading. Everything that came before was read.</p>
      </Finding>
    )
  if (tape.end?.how === 'failed')
    return (
      <Finding tone="bad" title="Parser: the stream has no end">
        <p>The connection broke. Everything that came before was read.</p>
      </Finding>
    )
  if (events.verdict.complete)
    return <Finding tone="tool" title="Parser: the stream ended between two events" />
  const { bytes, fields } = events.verdict
  const had = fields.length > 0 ? `, with the fields ${fields.join(', ')}` : ''
  return (
    <Finding tone="bad" title="Parser: the stream ended inside an event">
      <p>
        {plural(bytes, 'byte')} of it had come{had}.
      </p>
    </Finding>
  )
}

/** Where chunks differ from the published schema, each difference once. */
function Issues({
  moment: { recording, offset, hasEnded },
}: {
  readonly moment: Moment
}): VNode | null {
  const found = new Map<string, { count: number; first: number }>()
  for (const { message, chunk, known } of recording.message.issues) {
    if (known > offset && !hasEnded) break
    const entry = found.get(message)
    if (entry) entry.count++
    else found.set(message, { count: 1, first: chunk })
  }
  if (found.size === 0) return null
  return (
    <Finding tone="comment" title="Differs from the published schema">
      <p>The message does not suffer from it. These chunks are not as documented:</p>
      <ul class="issues">
        {[...found].slice(0, MOST_ISSUES).map(([message, { count, first }]) => (
          <li key={message}>
            {message}
            <span class="where">
              {count === 1
                ? `chunk ${first + 1}`
                : `${formatCount(count)} chunks, from ${first + 1}`}
            </span>
          </li>
        ))}
      </ul>
    </Finding>
  )
}
