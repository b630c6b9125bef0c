import { createHub } from '@tesserae/encoder/hub'
import { openStream, StreamClosed, type StreamSummary } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'

const request = (init: RequestInit = {}) => new Request('http://localhost/', init)

describe('openStream', () => {
  it('gives a response at once, and sends from elsewhere', async () => {
    const stream = openStream({ request: request({ headers: { 'last-event-id': '7' } }) })
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.lastEventId).toBe('7')
    const text = stream.response.text()
    await stream.send({ data: 'a' })
    await stream.emit('b', { c: 1 }, { id: '8' })
    stream.close()
    expect(await text).toBe('data: a\n\nevent: b\nid: 8\ndata: {"c":1}\n\n')
    expect(await stream.closed).toMatchObject({ reason: 'done' })
  })

  it('sends a comment at the end of the turn, so that the client knows that it is connected', async () => {
    const { response, close } = openStream()
    const { value } = await response.body!.getReader().read()
    expect(new TextDecoder().decode(value)).toBe(':\n\n')
    close()
  })

  it('is closed by `await using`, which waits until the client has everything', async () => {
    // WebKit has no explicit resource management yet.
    if (!('asyncDispose' in Symbol)) return
    let text: Promise<string>
    let closed: StreamClosed | undefined
    {
      await using stream = openStream()
      void stream.closed.then((end) => (closed = end))
      text = stream.response.text()
      void stream.send({ data: 'a' })
    }
    expect(closed).toMatchObject({ reason: 'done' })
    expect(await text).toBe('data: a\n\n')
  })

  it('aborts its signal, and rejects what is sent, when the client goes', async () => {
    const { response, send, signal, closed } = openStream()
    await response.body!.cancel()
    expect(signal.aborted).toBe(true)
    expect(await closed).toMatchObject({ reason: 'client-gone' })
    await expect(send({ data: 'a' })).rejects.toBeInstanceOf(StreamClosed)
  })

  it('answers a refusal, HEAD and the end for good like every stream', async () => {
    const tooLong = '`Last-Event-ID` must be at most 1024 bytes.'
    const cases: [RequestInit, number, string | null][] = [
      [{ method: 'HEAD' }, 200, null],
      [{ headers: { 'last-event-id': 'tesserae:final' } }, 204, null],
      [{ headers: { 'last-event-id': 'x'.repeat(1025) } }, 400, tooLong],
    ]
    for (const [init, status, text] of cases) {
      const ends: StreamSummary[] = []
      const { response, closed } = openStream({
        request: request(init),
        refusal: 'status',
        onClose: (end) => void ends.push(end),
      })
      expect([response.status, response.body && (await response.text())]).toEqual([status, text])
      expect((await closed).reason).toBe(status === 400 ? 'error' : 'done')
      expect(ends).toHaveLength(1)
    }
  })

  it('throws for a wrong option', () => {
    expect(() => openStream({ heartbeat: -1 })).toThrow('`heartbeat` must be a number')
    expect(() => openStream({ headers: { connection: 'close' } })).toThrow('`connection`')
  })

  it('can join a hub', async () => {
    const hub = createHub()
    const stream = openStream()
    void hub.join(stream)
    const text = stream.response.text()
    await hub.publish({ data: 'a' })
    await hub.drain()
    expect(await text).toBe(':\n\ndata: a\n\n')
  })
})
