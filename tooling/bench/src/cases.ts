import type { Case } from './case.ts'
import { encoderCases } from './cases/encoder.ts'
import { openaiCases } from './cases/openai.ts'
import { responsesCases } from './cases/responses.ts'
import { resumeCases } from './cases/resume.ts'
import { compatCases } from './cases/compat.ts'
import { mixedParserCases, parserCases } from './cases/parser.ts'

export const cases: readonly Case[] = [
  ...parserCases,
  ...compatCases,
  ...encoderCases,
  ...openaiCases,
  ...responsesCases,
  ...resumeCases,
]

/** What `--mixed` runs, all of it in one process. */
export const mixedCases: readonly Case[] = mixedParserCases
