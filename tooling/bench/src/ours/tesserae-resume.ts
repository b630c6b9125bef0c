import { createStreams } from '@tesserae/resume'
import { timedLog } from '@tooling/conformance/timed/log'

export const { write, pass, replay } = timedLog(() => {
  const streams = createStreams()
  return {
    start: (source) => streams.start('log', source),
    read: () => streams.read('log'),
  }
})
