import { frame, jsonEvent } from '@tesserae/encoder'
import { createHub } from '@tesserae/encoder/hub'
import { eventStream, openStream } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'

interface Events {
  token: { text: string }
  done: null
}

describe('the compiler checks the events of a typed stream', () => {
  it('from a generator', async () => {
    const response = await eventStream<Events>(async function* () {
      yield jsonEvent('token', { text: 'a' }, { id: '1' })
      yield jsonEvent('done', null)
    })
    expect(await response.text()).toBe(
      'event: token\nid: 1\ndata: {"text":"a"}\n\nevent: done\ndata: null\n\n',
    )
    await eventStream<Events>(
      // @ts-expect-error: another payload
      async function* () {
        yield jsonEvent('token', { txt: 'a' })
      },
    )
    // @ts-expect-error: a name that is not in the map
    await eventStream<Events>([jsonEvent('tokens', { text: 'a' })])
    // @ts-expect-error: an event without a checked payload
    await eventStream<Events>([{ event: 'token', data: '{}' }])
  })

  it('in frames', async () => {
    const tick = frame(jsonEvent('token', { text: 'a' }))
    const wrong = frame(jsonEvent('token', { txt: 'a' }))
    expect(await (await eventStream<Events>([tick])).text()).toBe(tick.text)
    // @ts-expect-error: another payload
    await eventStream<Events>([wrong])
  })

  it('in send, emit and publish', async () => {
    const hub = createHub<Events>()
    const stream = openStream<Events>()
    await stream.send(jsonEvent('token', { text: 'a' }))
    await stream.emit('done', null)
    await hub.publish(jsonEvent('done', null))
    await hub.emit('token', { text: 'a' })
    // @ts-expect-error: another payload
    await stream.send(jsonEvent('token', 5))
    // @ts-expect-error: another payload
    await hub.publish(jsonEvent('done', 5))
    // @ts-expect-error: `undefined` has no JSON
    await expect(stream.emit('done', undefined)).rejects.toMatchObject({ code: 'wrong-type' })
    // @ts-expect-error: `undefined` has no JSON
    await expect(createHub().emit('done', undefined)).rejects.toMatchObject({ code: 'wrong-type' })
    await stream.response.body!.cancel()
  })

  it('and takes any event where no names are given', async () => {
    const events = [{ data: 'a' }, jsonEvent('b', 1), frame({ data: 'c' })]
    const text = await (await eventStream(events)).text()
    expect(text).toBe('data: a\n\nevent: b\ndata: 1\n\ndata: c\n\n')
  })
})
