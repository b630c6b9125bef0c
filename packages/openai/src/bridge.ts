export { toChunks, toResponseEvents } from './bridge/convert.ts'
