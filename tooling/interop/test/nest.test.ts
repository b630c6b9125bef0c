import { Controller, Get, Module, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type NodeRequest, type NodeResponse, sendEvents } from '@tesserae/encoder/node'
import { expect, it } from 'vitest'

/** The controller of the encoder's README. Its decorators are called, because what runs these tests knows no others. */
class EventsController {
  events(request: NodeRequest, response: NodeResponse) {
    const source = request.headers['x-fail']
      ? () => {
          throw new Error('no such thing')
        }
      : [{ data: 'Hello' }]
    return sendEvents(request, response, source, { onError: console.error })
  }
}
const { prototype } = EventsController
Controller()(EventsController)
Get('events')(prototype, 'events', Object.getOwnPropertyDescriptor(prototype, 'events')!)
Req()(prototype, 'events', 0)
Res()(prototype, 'events', 1)

// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's modules are classes
class AppModule {}
Module({ controllers: [EventsController] })(AppModule)

it('Nest keeps the headers of CORS, and answers for a source that throws', async () => {
  const app = await NestFactory.create(AppModule, { logger: false })
  app.enableCors({ origin: 'https://app.example' })
  await app.listen(0, '127.0.0.1')
  const url = `${await app.getUrl()}/events`
  const response = await fetch(url, { headers: { origin: 'https://app.example' } })
  expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example')
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(await response.text()).toBe('data: Hello\n\n')
  expect((await fetch(url, { headers: { 'x-fail': '1' } })).status).toBe(500)
  await app.close()
})
