import type OpenAI from 'openai'
import { expect, test } from 'vitest'
import type {
  MessageItem,
  ModelResponse,
  OutputItem,
  ResponseEvent,
  ResponseUsage,
  TextAnnotation,
} from '@tesserae/openai/responses/schema'

// The compiler is what tests here: `npm run types` fails when a pair is no longer assignable.

type Official = OpenAI.Responses.Response
type OfficialItem = OpenAI.Responses.ResponseOutputItem
type OfficialEvent = OpenAI.Responses.ResponseStreamEvent

/** The client adds `output_text` to a response. Events have responses in them, and are compared without. */
type OnWire<Response> = Omit<Response, 'output_text'>
type WithoutResponse<Event> = Event extends { response: unknown } ? Omit<Event, 'response'> : Event

/** Compiles only if each is assignable to the other. */
type Interchangeable<A extends B, B extends C, C = A> = [A, B, C]

type Pairs = [
  Interchangeable<ModelResponse, OnWire<Official>>,
  Interchangeable<OutputItem, OfficialItem>,
  Interchangeable<MessageItem, OpenAI.Responses.ResponseOutputMessage>,
  Interchangeable<WithoutResponse<ResponseEvent>, WithoutResponse<OfficialEvent>>,
  Interchangeable<ResponseUsage, OpenAI.Responses.ResponseUsage>,
  Interchangeable<TextAnnotation, OpenAI.Responses.ResponseOutputText['annotations'][number]>,
]

/** Names that one side has and the other does not: a type that the official package gains shows here. */
type Unknown<Official, Ours> = Exclude<Official, Ours>
type Missing = [
  Unknown<keyof OnWire<Official>, keyof ModelResponse>,
  Unknown<OfficialItem['type'], OutputItem['type']>,
  Unknown<OutputItem['type'], OfficialItem['type']>,
  Unknown<OfficialEvent['type'], ResponseEvent['type']>,
  Unknown<ResponseEvent['type'], OfficialEvent['type']>,
]

test('the types of responses go both ways between the official package and this one', () => {
  const official = (response: ModelResponse): OnWire<Official> => response
  const ours = (response: Official): ModelResponse => response
  const events = (event: OfficialEvent): ResponseEvent => event
  const none: Missing[number][] = []
  const pairs: Pairs['length'] = 6
  expect([official, ours, events, none, pairs]).toHaveLength(5)
})
