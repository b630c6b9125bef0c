import { listRecordings, listSeeds, loadRecording, loadSeed } from '@tesserae/testkit/recordings'
import type { MeaningKind, Transcript } from '@tesserae/testkit/transcript'

/** A stream that can be played as it was. */
export interface Recorded {
  readonly id: string
  readonly transcript: Transcript
  /** What it speaks: one of the systems, or the name of an API. */
  readonly dialect: string
}

/** All recorded streams of events, and those that documents print, by their ids. */
export function loadLibrary(): ReadonlyMap<string, Recorded> {
  const recorded = [
    ...listRecordings()
      .filter((id) => !id.endsWith('.unstreamed'))
      .map((id) => {
        const transcript = loadRecording(id)
        return { id, transcript, dialect: dialectOf(transcript.meaning?.kind) }
      }),
    ...listSeeds().map((name) => ({
      id: `seeds/${name}`,
      transcript: loadSeed(name),
      dialect: name.split(/[-.]/)[0] ?? name,
    })),
  ]
  return new Map(recorded.filter(isEventStream).map((stream) => [stream.id, stream]))
}

/** What is read as chat completions are. */
function dialectOf(kind: MeaningKind = 'events'): string {
  return kind === 'chat' || kind === 'completion' ? 'openai' : kind
}

/** By what it means: one server calls its stream something else. Ollama streams lines of JSON. */
function isEventStream({ transcript: { response, meaning } }: Recorded): boolean {
  if (response.source === 'document') return true
  return meaning?.streamed === true && meaning.kind !== 'ollama'
}
