// Apart from recordings.node.test.ts, because this one reads the source of nothing: it also runs on what is published.
import {
  listRecordings,
  listSeeds,
  loadRecording,
  loadSeed,
  RecordingError,
} from '@tesserae/testkit/recordings'
import { meaningOf, replayResponse } from '@tesserae/testkit/transcript'
import { describe, expect, it } from 'vitest'

describe('the recordings of the package', () => {
  it('are all there, and each means what it says', () => {
    expect(listRecordings().length).toBeGreaterThan(150)
    for (const name of listRecordings()) {
      const recording = loadRecording(name)
      expect(recording.meaning, name).toEqual(meaningOf(recording))
    }
  })

  it('have seeds beside them', () => {
    expect(listSeeds().length).toBeGreaterThan(10)
    for (const name of listSeeds()) expect(loadSeed(name).response.source).toBe('document')
  })

  it('can be replayed to anything that takes a response', async () => {
    const response = replayResponse(loadRecording('llama-server/plain'))
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const words = [...(await response.text()).matchAll(/"content":"([^"]*)"/g)].map(
      ([, word]) => word,
    )
    expect(words.join('')).toBe('Hello! How can I help you today?')
  })
})

describe('a name', () => {
  it.each([
    '',
    '../seeds/solidrust',
    'llama-server',
    'llama-server/plain.transcript',
    'llama-server/none',
  ])('that is none: %j', (name) => {
    expect(() => loadRecording(name)).toThrow(RecordingError)
    expect(() => loadRecording(name)).toThrow(/listRecordings\(\)/)
  })

  it('of a seed is none of a recording', () => {
    expect(() => loadSeed('llama-server/plain')).toThrow(/listSeeds\(\)/)
  })
})
