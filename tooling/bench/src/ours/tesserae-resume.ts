import { createStreams } from '@tesserae/resume'
import { oneByOne, payloadEvents, readAll, type TimedLog } from '@tooling/conformance/timed/work'

const replays = createStreams()

const log: TimedLog = {
  async write(count) {
    const run = await createStreams().start('log', payloadEvents(count))
    const { events } = await run.done
    return { events, checksum: 0 }
  },
  async pass(count) {
    const streams = createStreams()
    const { source, ready } = oneByOne(count)
    await streams.start('log', source)
    return readAll(streams.read('log'), ready)
  },
  async replay(count) {
    const name = `${count}`
    const run = await replays.start(name, payloadEvents(count))
    await run.done
    return readAll(replays.read(name))
  },
}

export const { write, pass, replay } = log
