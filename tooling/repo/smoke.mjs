// Uses the packages once as their users install them, where the tools of this repository do not run.
import { createParser } from '@tesserae/parser'
import { byteByByte, referenceParse } from '@tesserae/testkit'
import assert from 'node:assert/strict'

const bytes = new TextEncoder().encode('id: 1\r\ndata: Grüße 👋\r\ndata: again\r\n\r\ndata: cut')
const { events, pending } = referenceParse(bytes)

const parser = createParser()
const parsed = byteByByte(bytes).flatMap((chunk) => {
  parser.feed(chunk)
  return [...parser].map(({ event, data, id, lastEventId }) => ({ event, data, id, lastEventId }))
})

assert.deepEqual(parsed, events)
assert.deepEqual(parser.end(), { complete: pending === undefined, ...pending })
console.log(
  `${parsed.length} event, as the reference has it, on ${process.platform} with ${process.version}`,
)
