import * as index from '@tesserae/client'
import * as eventsource from '@tesserae/client/eventsource'
import * as fetch from '@tesserae/client/fetch'
import * as fetchEventSource from '@tesserae/client/fetch-event-source'
import * as resume from '@tesserae/client/resume'
import { expect, test } from 'vitest'

test.each([
  ['.', index, ['ClientError', 'connect']],
  ['./eventsource', eventsource, ['ErrorEvent', 'EventSource']],
  ['./fetch', fetch, ['resumingFetch']],
  ['./resume', resume, ['resumeChat', 'resumeResponse']],
  ['./fetch-event-source', fetchEventSource, ['EventStreamContentType', 'fetchEventSource']],
])('the entry %s exports exactly the documented names', (_entry, exported, names) => {
  expect(Object.keys(exported).toSorted()).toEqual(names)
})
