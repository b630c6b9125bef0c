export { createJsonReader } from './json/reader.ts'
export type { JsonReader, JsonReaderOptions, JsonState } from './json/reader.ts'
