import type { Sheet } from '../sheet.ts'
import { type Answer, answerOf } from './answers.ts'
import type { ChatClient, Endpoint } from './clients/client.ts'
import { Gate } from './gate.ts'
import type { ChatServer } from './our-server.ts'

/** Has a client ask for answers, and compares what it makes of each. */
export async function converse(
  sheet: Sheet,
  client: ChatClient,
  endpoint: Endpoint,
  answers: readonly Answer[],
  way = '',
): Promise<void> {
  for (const answer of answers) {
    const name = `${answer.name}${way === '' ? '' : `, ${way}`}`
    const expected = client.expected(answer, way)
    try {
      const { message, error, sequence } = await client.read(endpoint, answer, () => {})
      const known = client.known?.[name] ?? client.known?.[answer.name]
      if (answer.how === 'breaks') sheet.compare('errors', name, error, expected.error, known)
      if (answer.how !== 'breaks' || expected.message !== undefined)
        sheet.compare('messages', name, message, expected.message, known)
      if (expected.sequence) sheet.compare('sequences', name, sequence, expected.sequence)
    } catch (error) {
      sheet.check('', false, `${name}: ${error instanceof Error ? error.stack : error}`)
    }
  }
}

/** Sees that the first words of an answer are with the client before the server goes on. */
export async function converseAtOnce(
  sheet: Sheet,
  client: ChatClient,
  endpoint: Endpoint,
  server: ChatServer,
  gate: Gate = new Gate(),
): Promise<void> {
  const answer = answerOf('text')
  const name = `${answer.name}, word by word`
  server.gate = gate
  try {
    const { message } = await client.read(endpoint, answer, gate.open)
    sheet.compare('messages', name, message, client.expected(answer, '').message)
    if (gate.delay === undefined) sheet.check('', false, `${name}: the first words were held back`)
    else sheet.delay(gate.delay)
  } catch (error) {
    sheet.check('', false, `${name}: ${String(error)}`)
  } finally {
    server.gate = undefined
  }
}
