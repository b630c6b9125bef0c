import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Cuts } from '../stream/cuts.ts'
import { type Protocol, protocolNames } from '../stream/protocol.ts'
import type { Reading } from '../stream/record-opened.ts'
import { Select } from './select.tsx'

const CUT_OPTIONS: readonly (readonly [Cuts, string])[] = [
  ['event', 'by event'],
  ['line', 'by line'],
  ['random', 'random'],
  ['byte', 'each byte'],
  ['whole', 'not at all'],
]

const PROTOCOLS: readonly (readonly [string, string])[] = [
  ['', 'detect'],
  ...Object.entries(protocolNames),
]

/** A stream that somebody kept: pasted, chosen or dropped. */
export function OpenForm({
  note,
  names,
  index,
  reading,
  onOpen,
  onReading,
}: {
  readonly note: string
  /** The streams of a file that has several, and which is chosen. */
  readonly names: readonly string[]
  readonly index: number
  readonly reading: Reading
  readonly onOpen: (name: string, bytes: Uint8Array<ArrayBuffer>) => void
  readonly onReading: (reading: Reading, index: number) => void
}): VNode {
  const [text, setText] = useState('')
  return (
    <form
      id="from-paste"
      onSubmit={(event) => {
        event.preventDefault()
        onOpen('pasted', new TextEncoder().encode(text))
      }}
    >
      <label class="whole">
        Paste a stream
        <textarea
          id="pasted"
          rows={4}
          spellcheck={false}
          autocomplete="off"
          value={text}
          placeholder={'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}'}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <label>
        Or open a file
        <input
          type="file"
          id="paste-file"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? []
            if (file)
              void file.arrayBuffer().then((buffer) => onOpen(file.name, new Uint8Array(buffer)))
          }}
        />
      </label>
      <Select
        id="paste-protocol"
        label="Protocol"
        value={reading.protocol ?? ''}
        options={PROTOCOLS}
        onChange={(protocol) =>
          onReading(
            { ...reading, protocol: protocol === '' ? undefined : (protocol as Protocol) },
            index,
          )
        }
      />
      <Select
        id="paste-cuts"
        label="Cut it"
        value={reading.cuts}
        options={CUT_OPTIONS}
        onChange={(cuts) => onReading({ ...reading, cuts: cuts as Cuts }, index)}
      />
      {names.length > 0 ? (
        <Select
          id="har-entry"
          label="Which response"
          className="wide"
          value={String(index)}
          options={names.map((name, index) => [String(index), name] as const)}
          onChange={(chosen) => onReading(reading, Number(chosen))}
        />
      ) : null}
      <button class="act" id="read-paste">
        Read it
      </button>
      <p class="note" id="paste-note" role="status">
        {note ||
          'Takes the body of a stream, a .transcript of the testkit, a HAR file, the output of curl -i, or JSON lines. Drop a file anywhere on this page. Nothing leaves the browser.'}
      </p>
    </form>
  )
}
