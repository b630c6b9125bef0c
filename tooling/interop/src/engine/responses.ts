import dialogues from '../../model/dialogues.json' with { type: 'json' }

/** One request at `/v1/responses`. */
export interface Asked {
  readonly name: string
  readonly body: object
}

export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '')

/** The requests that the model of this project knows the answers to. */
const dialogue: readonly Asked[] = dialogues
  .filter(({ messages }) => messages.length === 1)
  .map(({ messages, tools }) => ({
    name: slug(messages[0]?.content ?? ''),
    body: {
      model: 'tiny-chat',
      input: messages[0]?.content,
      temperature: 0,
      ...(tools && {
        tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool.function })),
      }),
    },
  }))
const limited: Asked = {
  name: 'cut-by-max-output-tokens',
  body: { model: 'tiny-chat', input: 'Count to forty.', temperature: 0, max_output_tokens: 12 },
}
export const requests: readonly Asked[] = [...dialogue, limited]

export async function ask(url: string, path: string, body: object): Promise<Response> {
  const response = await fetch(url + path, {
    method: 'POST',
    // The server closes a connection that was idle for 5 s, on a busy machine just when the next request is sent on it.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return response
}
