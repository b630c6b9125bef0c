import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { keepQuestion, keptQuestion } from '../state/kept.ts'
import {
  type Api,
  apiNames,
  presets,
  type Question,
  readQuestion,
  requestOf,
} from '../stream/ask-model.ts'
import type { StreamRequest } from '../stream/fetch-stream.ts'
import { Select } from './select.tsx'

/** The key of this tab. It is in no storage: a reload forgets it. */
let keyOfTab = ''

/** Asks a model of the user. */
export function AskForm({
  onAsk,
}: {
  readonly onAsk: (request: StreamRequest, title: string) => void
}): VNode {
  const [question, setQuestion] = useState<Question>(() => readQuestion(keptQuestion()))
  const [key, setKey] = useState(keyOfTab)
  const [note, setNote] = useState('')
  useEffect(() => keepQuestion(question), [question])
  const set = (change: Partial<Question>): void => setQuestion({ ...question, ...change })
  const preset = presets.find(({ id }) => id === question.preset)
  const isCustom = question.api === 'custom'
  return (
    <form
      id="from-url"
      novalidate
      onSubmit={(event) => {
        event.preventDefault()
        const made = requestOf(question, key, location.href)
        if ('wrong' in made) return setNote(made.wrong)
        setNote(`${made.request.method} ${made.request.url}`)
        return onAsk(made.request, `${preset?.name ?? 'Request'} ${question.model}`.trim())
      }}
    >
      <Select
        id="preset"
        label="Server"
        value={question.preset}
        options={presets.map(({ id, name }) => [id, name] as const)}
        onChange={(id) => {
          const chosen = presets.find((preset) => preset.id === id)
          if (chosen)
            set({ preset: id, api: chosen.api, baseUrl: chosen.baseUrl, model: chosen.model })
        }}
      />
      <Select
        id="api"
        label="API"
        value={question.api}
        options={Object.entries(apiNames)}
        onChange={(api) => set({ api: api as Api })}
      />
      {isCustom ? (
        <Select
          id="method"
          label="Method"
          className="narrow"
          value={question.method}
          options={[
            ['POST', 'POST'],
            ['GET', 'GET'],
          ]}
          onChange={(method) => set({ method: method === 'GET' ? 'GET' : 'POST' })}
        />
      ) : null}
      <Text
        id="url"
        label={isCustom ? 'Address' : 'Base URL'}
        className="wide"
        value={question.baseUrl}
        onInput={(baseUrl) => set({ baseUrl })}
      />
      {isCustom ? (
        <>
          <Area
            id="headers"
            label="Headers, one a line"
            value={question.headers}
            onInput={(headers) => set({ headers })}
          />
          <Area
            id="body"
            label="Body"
            value={question.body}
            isDisabled={question.method === 'GET'}
            onInput={(body) => set({ body })}
          />
        </>
      ) : (
        <>
          <Text
            id="model"
            label="Model"
            value={question.model}
            onInput={(model) => set({ model })}
          />
          <label>
            Key
            <input
              id="key"
              type="password"
              autocomplete="off"
              placeholder={preset?.needsKey === false ? 'not needed' : ''}
              value={key}
              onInput={({ currentTarget }) => {
                keyOfTab = currentTarget.value
                setKey(keyOfTab)
              }}
            />
          </label>
          <Text
            id="prompt"
            label="Prompt"
            className="whole"
            value={question.prompt}
            onInput={(prompt) => set({ prompt })}
          />
        </>
      )}
      <label class="check">
        <input
          id="forwarded"
          type="checkbox"
          checked={question.isForwarded}
          onChange={({ currentTarget }) => set({ isForwarded: currentTarget.checked })}
        />
        Send through the local server
      </label>
      <button class="act" id="fetch-url">
        Send
      </button>
      <p class="note" id="url-note" role="status">
        {note ||
          'Most servers refuse requests from pages (CORS), so the local server of this page passes them on. It stores nothing. The key stays in the memory of this tab; the rest of the form is kept in this browser.'}{' '}
        <a href="./chat.html">A chat that survives a lost connection</a>
      </p>
    </form>
  )
}

interface FieldProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
}

function Text({
  id,
  label,
  value,
  onInput,
  className = '',
}: FieldProps & { readonly className?: string }): VNode {
  return (
    <label class={className}>
      {label}
      <input
        id={id}
        spellcheck={false}
        autocomplete="off"
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  )
}

function Area({
  id,
  label,
  value,
  onInput,
  isDisabled = false,
}: FieldProps & { readonly isDisabled?: boolean }): VNode {
  return (
    <label class="half">
      {label}
      <textarea
        id={id}
        rows={3}
        spellcheck={false}
        autocomplete="off"
        disabled={isDisabled}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  )
}
