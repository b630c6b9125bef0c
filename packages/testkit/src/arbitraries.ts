export { chunkStream } from './arbitraries/chunks.ts'
export { CHAT_FEATURES, chatCompletion } from './arbitraries/completions.ts'
export { sseBytesAndCuts } from './arbitraries/cut-streams.ts'
export { hostileEvent, illTypedEvent, sseEvent } from './arbitraries/events.ts'
export { mutatedSseBytes } from './arbitraries/mutations.ts'
export { CHAT_QUIRKS } from './arbitraries/quirks.ts'
export { sseStream } from './arbitraries/streams.ts'
export type { BytesAndCuts, SseEvent, SseStream, SseStreamOptions } from './arbitraries/types.ts'
export type {
  ChatChoice,
  ChatCompletion,
  ChatCompletionOptions,
  ChatFeature,
  ChatMessage,
  ChatQuirk,
  ChatToolCall,
  ChatUsage,
  ChunkStream,
  ChunkStreamOptions,
  Json,
  JsonObject,
  ReasoningDetail,
  TokenLogprob,
} from './arbitraries/chat-types.ts'
