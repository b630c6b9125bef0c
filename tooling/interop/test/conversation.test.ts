import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers } from './support/chat/answers.ts'
import type { ChatClient } from './support/chat/clients/client.ts'
import { ours } from './support/chat/clients/ours.ts'
import { converse, converseAtOnce } from './support/chat/conversation.ts'
import { Gate } from './support/chat/gate.ts'
import { type ChatServer, startChatServer } from './support/chat/our-server.ts'
import { Sheet } from './support/sheet.ts'

// What the matrix is for is to notice. Clients that get something wrong show that it does.

let server: ChatServer
beforeAll(async () => {
  server = await startChatServer()
})
afterAll(() => server.stop())

const [text] = answers

it('notices a message, an error and a sequence that are not as they were sent', async () => {
  const wrong: ChatClient = {
    ...ours,
    async read(endpoint, answer, seen) {
      const { sequence = [], message } = await ours.read(endpoint, answer, seen)
      return { message: { ...(message as object), model: 'another' }, sequence: sequence.slice(1) }
    },
  }
  const sheet = new Sheet()
  const breaks = answers.filter(({ how }) => how === 'breaks')
  await converse(sheet, wrong, server, [text!, ...breaks])
  expect(sheet.failures.map((failure) => failure.split(':')[0])).toEqual([
    'messages, text',
    'sequences, text',
    'errors, breaks',
    'messages, breaks',
    'sequences, breaks',
  ])
})

it('notices a client that does not get through', async () => {
  const sheet = new Sheet()
  await converse(sheet, ours, { url: 'http://127.0.0.1:1' }, [text!])
  expect(sheet.failures).toHaveLength(1)
})

it('notices that the first words are held back', async () => {
  const late: ChatClient = {
    ...ours,
    async read(endpoint, answer, seen) {
      const reading = await ours.read(endpoint, answer, () => {})
      seen()
      return reading
    },
  }
  const sheet = new Sheet()
  await converseAtOnce(sheet, late, server, server, new Gate(50))
  expect(sheet.failures).toEqual(['text, word by word: the first words were held back'])
  expect(sheet.summary()).toBe('1 message')
})
