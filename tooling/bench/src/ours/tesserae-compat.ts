import { createParser } from '@tesserae/parser/compat'
import { callingBack } from '@tooling/conformance/timed/text-parser'

export const { readText, collectText } = callingBack(createParser)
