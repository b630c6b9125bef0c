export { RESPONSE_QUIRKS, responseStream } from './arbitraries/responses.ts'
export type {
  ResponseQuirk,
  ResponseStream,
  ResponseStreamOptions,
} from './arbitraries/response-types.ts'
export type { Json, JsonObject } from './arbitraries/chat-types.ts'
