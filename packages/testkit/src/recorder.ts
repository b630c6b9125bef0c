export { RecorderError, type RecorderErrorCode } from './recorder/errors.ts'
export { recordFetch, type FetchRecorder, type RecordFetchOptions } from './recorder/fetch.ts'
export { record } from './recorder/socket.ts'
export type { RecordAbort, RecordLimits, RecordOptions } from './recorder/types.ts'
