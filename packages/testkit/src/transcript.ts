export { TranscriptError, type TranscriptErrorCode } from './transcript/errors.ts'
export { meaningOf } from './transcript/meaning.ts'
export { readTranscript } from './transcript/read.ts'
export {
  bodyOf,
  headOf,
  piecesOf,
  replay,
  replayResponse,
  wireOf,
  type PiecesOptions,
  type ReplayOptions,
  type TranscriptHead,
  type TranscriptPiece,
} from './transcript/replay.ts'
export { withoutSecrets, type Secrets } from './transcript/secrets.ts'
export { writeTranscript } from './transcript/write.ts'
export type {
  End,
  Meaning,
  MeaningChoice,
  MeaningEvent,
  MeaningKind,
  MeaningToolCall,
  OwnBytes,
  Part,
  Read,
  Transcript,
  TranscriptRequest,
  TranscriptResponse,
} from './transcript/types.ts'
