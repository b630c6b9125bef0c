export { chunkStream } from './arbitraries/chunks.ts'
export { anyCompletion, CHAT_FEATURES } from './arbitraries/completions.ts'
export { sseBytesAndCuts } from './arbitraries/cut-streams.ts'
export { hostileEvent, illTypedEvent, sseEvent } from './arbitraries/events.ts'
export { mutatedSseBytes } from './arbitraries/mutations.ts'
export { CHAT_QUIRKS } from './arbitraries/quirks.ts'
export { sseStream } from './arbitraries/streams.ts'
export type {
  BytesAndCuts,
  GeneratedEvent,
  SseStream,
  SseStreamOptions,
} from './arbitraries/types.ts'
export type {
  GeneratedChoice,
  GeneratedCompletion,
  CompletionOptions,
  ChatFeature,
  GeneratedMessage,
  ChatQuirk,
  GeneratedToolCall,
  GeneratedUsage,
  ChunkStream,
  ChunkStreamOptions,
  Json,
  JsonObject,
  GeneratedReasoningDetail,
  GeneratedTokenLogprob,
} from './arbitraries/chat-types.ts'
