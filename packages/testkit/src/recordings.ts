import { readdirSync, readFileSync } from 'node:fs'
import { RecordingError } from './recordings/errors.ts'
import { readTranscript } from './transcript/read.ts'
import type { Transcript } from './transcript/types.ts'

export { RecordingError, type RecordingErrorCode } from './recordings/errors.ts'

const ENDING = '.transcript'

/**
 * The names of all recordings that this package brings along, such as `llama-server/plain`, in order.
 *
 * @example
 * ```ts
 * import { listRecordings } from '@tesserae/testkit/recordings'
 *
 * const engines = new Set(listRecordings().map((name) => name.split('/')[0]))
 * console.log(engines.has('transformers-serve')) // => true
 * ```
 */
export function listRecordings(): string[] {
  return list('recordings')
}

/**
 * One of the recordings.
 *
 * @throws {@link RecordingError} when there is none of this name
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 *
 * const { title, meaning } = loadRecording('llama-server/tool')
 * console.log(title) // => A tool call
 * console.log(meaning?.choices?.[0]?.tool_calls?.[0]?.name) // => get_weather
 * ```
 */
export function loadRecording(name: string): Transcript {
  return load('recordings', name)
}

/**
 * The names of the streams that the documentation of hosted services prints.
 *
 * @example
 * ```ts
 * import { listSeeds } from '@tesserae/testkit/recordings'
 *
 * console.log(listSeeds().includes('solidrust')) // => true
 * ```
 */
export function listSeeds(): string[] {
  return list('seeds')
}

/**
 * One of those streams.
 *
 * @throws {@link RecordingError} when there is none of this name
 *
 * @example
 * ```ts
 * import { loadSeed } from '@tesserae/testkit/recordings'
 *
 * const { meaning } = loadSeed('solidrust')
 * console.log(meaning?.choices?.[0]?.content) // => Once upon
 * ```
 */
export function loadSeed(name: string): Transcript {
  return load('seeds', name)
}

type Folder = 'recordings' | 'seeds'

/** From `src` and from `dist` alike. */
function addressOf(folder: Folder, name = ''): URL {
  return new URL(`../data/${folder}/${name}`, import.meta.url)
}

function list(folder: Folder): string[] {
  try {
    return readdirSync(addressOf(folder), { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .sort()
  } catch (cause) {
    throw new RecordingError(
      'no-data',
      'The data folder of @tesserae/testkit cannot be read: install it anew.',
      { cause },
    )
  }
}

function load(folder: Folder, name: string): Transcript {
  if (!list(folder).includes(name)) {
    const where = folder === 'recordings' ? 'listRecordings()' : 'listSeeds()'
    throw new RecordingError(
      'unknown-recording',
      `There is no ${JSON.stringify(name)}; ${where} names all there are.`,
    )
  }
  return readTranscript(readFileSync(addressOf(folder, name + ENDING), 'utf8'))
}
