import { defaultPlaying, type Playing } from '../stream/scenes.ts'

/** What the page shows, as its address says it. */
export type Address =
  | {
      readonly kind: 'scene'
      readonly id: string | undefined
      readonly playing: Playing
      readonly limit: string
    }
  /** Something that was pasted or opened: its name. What was in it is not in the address. */
  | { readonly kind: 'opened'; readonly name: string }
  /** A request of the form, without its key. */
  | { readonly kind: 'asked'; readonly url: string }

export const LIMITS: readonly (readonly [value: string, label: string])[] = [
  ['', '16 MiB'],
  ['65536', '64 KiB'],
  ['1024', '1 KiB'],
  ['256', '256 bytes'],
]

export const SPEEDS: readonly (readonly [value: string, label: string])[] = [
  ['', 'easy to watch'],
  ['recorded', 'as recorded'],
  ['5', '5/s'],
  ['15', '15/s'],
  ['100', '100/s'],
  ['1000', '1000/s'],
  ['max', 'all at once'],
]

export const CUTS: readonly (readonly [value: string, label: string, about: string])[] = [
  ['', 'automatic', 'One chunk for each event; with “as recorded”, the chunks of the recording.'],
  ['recorded', 'as recorded', 'The chunks in which the network delivered it when it was recorded.'],
  ['event', 'by event', 'One chunk for each event.'],
  ['byte', 'each byte', 'Every byte is a chunk of its own.'],
  ['random', 'random', 'Chunks of random sizes, the same each time.'],
  ['hostile', 'hostile', 'Cuts inside field names, characters and line ends.'],
]

export const FAULTS: readonly (readonly [value: string, label: string, about: string])[] = [
  ['', 'none', 'The stream goes well.'],
  ['drop', 'drop the connection', 'The connection breaks in the middle of an event.'],
  ['stall', 'stall for 3 s', 'Nothing comes for three seconds, between two events.'],
  ['stall-for-ever', 'stall for ever', 'Nothing comes any more, and the connection stays open.'],
  ['truncate', 'truncate', 'The body ends in order, but in the middle of an event.'],
  ['error', 'error in the stream', 'The server sends an error where the rest should be.'],
  ['slow-start', 'slow start', 'The head of the response is 1.5 s late.'],
  ['html', 'HTML instead', 'A page with status 200, as a proxy or a login wall sends.'],
  ['status', 'status 503', 'The server refuses, with an error as JSON.'],
]

const PLACES = ['0', '0.25', '0.5', '0.75', '0.95']
export const AT: readonly (readonly [value: string, label: string])[] = PLACES.map((place) => [
  place,
  `${Number(place) * 100} %`,
])

/** What the part of an address after `#` says. What cannot be chosen in the page is left out. */
export function readAddress(hash: string): Address {
  const wanted = new URLSearchParams(hash.replace(/^#/, ''))
  const opened = wanted.get('opened')
  if (opened !== null) return { kind: 'opened', name: opened }
  const asked = wanted.get('asked')
  if (asked !== null) return { kind: 'asked', url: asked }
  const one = (
    name: string,
    of: readonly (readonly [string, ...string[]])[],
    byDefault: string,
  ): string => {
    const value = wanted.get(name)
    return of.some(([known]) => known === value) ? String(value) : byDefault
  }
  return {
    kind: 'scene',
    id: wanted.get('scene') ?? undefined,
    playing: {
      speed: one('speed', SPEEDS, defaultPlaying.speed),
      cuts: one('cuts', CUTS, defaultPlaying.cuts),
      fault: one('fault', FAULTS, defaultPlaying.fault),
      at: Number(one('at', AT, String(defaultPlaying.at))),
    },
    limit: one('limit', LIMITS, ''),
  }
}

/** The address of what is shown. */
export function writeAddress(address: Address): string {
  const hash = new URLSearchParams()
  if (address.kind === 'opened') hash.set('opened', address.name)
  else if (address.kind === 'asked') hash.set('asked', address.url)
  else {
    const { id, playing, limit } = address
    if (id !== undefined) hash.set('scene', id)
    if (playing.speed !== defaultPlaying.speed) hash.set('speed', playing.speed)
    if (playing.cuts !== defaultPlaying.cuts) hash.set('cuts', playing.cuts)
    if (playing.fault !== '') hash.set('fault', playing.fault)
    if (playing.fault !== '') hash.set('at', String(playing.at))
    if (limit !== '') hash.set('limit', limit)
  }
  return `#${hash}`
}
