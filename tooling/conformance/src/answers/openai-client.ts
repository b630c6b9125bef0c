import OpenAI from 'openai'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { type Fetch, service } from './peer.ts'

/** The official client, to which `fetch` gives every answer. */
export function clientOf(fetch: Fetch): OpenAI {
  return new OpenAI({ ...service, fetch, maxRetries: 0 })
}

/** What the official client makes of a streamed response, one event at a time. */
export async function accumulated(
  fetch: Fetch,
): Promise<ReturnType<typeof accumulateResponse> | undefined> {
  let response: ReturnType<typeof accumulateResponse> | undefined
  const request = { model: 'm', input: 'Hello', stream: true } as const
  for await (const event of await clientOf(fetch).responses.create(request))
    response = accumulateResponse(event, response)
  return response
}
