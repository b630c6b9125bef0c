import { createParser } from 'eventsource-parser'
import { callingBack } from './text-parser.ts'

export const { readText, collectText } = callingBack(createParser)
