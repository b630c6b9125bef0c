// What readers may have received and must not have received, for the test of the checker.
import type { Expected, Seen, Told } from './checker.ts'
import { payload } from './settings.ts'

const EVENTS = 5
const told = (n: number, attempt = '1'): Told => ({
  event: undefined,
  data: payload('/s', n, attempt),
})
const all = Array.from({ length: EVENTS }, (_, n) => told(n))
const lost: Told = { event: 'failed', data: '{"reason":"lost"}' }
const gone: Told = { event: 'failed', data: '{"reason":"gone"}' }
const deleted: Told = { event: 'deleted', data: '' }
const reset: Told = { event: 'reset', data: '{}' }

export const expected: Expected = {
  name: '/s',
  events: EVENTS,
  ends: ['failed {"reason":"lost"}'],
  mayEnd: true,
  forgotAt: 0,
}
const seen = (events: readonly Told[], rest: Partial<Seen> = {}): Seen => ({
  told: [...events],
  connections: 1,
  isOver: true,
  finishedAt: 100,
  ...rest,
})

/** A name, what differs from {@link expected}, and what each reader received. */
export type CheckerCase = readonly [string, Partial<Expected>, readonly Seen[]]

export const accepted: readonly CheckerCase[] = [
  ['everything and the end', {}, [seen(all), seen(all)]],
  ['the same part and `lost`', {}, [seen([told(0), lost]), seen([told(0), lost])]],
  ['a start over, where the store forgot', { forgotAt: 50 }, [seen([told(0), reset, ...all])]],
  [
    '404 after `gone`, because it was cut off in between',
    { ends: ['failed {"reason":"gone"}', 'deleted '] },
    [seen([told(0), gone, deleted]), seen([deleted]), seen([gone])],
  ],
  [
    'a start over after `gone`, where another log began',
    { ends: ['failed {"reason":"gone"}'], forgotAt: 50 },
    [seen([told(0), gone, reset, ...all])],
  ],
  [
    'something else before the store forgot',
    { forgotAt: 150 },
    [seen(all), seen([...all.slice(0, 4), told(4, '2')], { finishedAt: 200 })],
  ],
]

/** What one mistake in the protocol makes of a stream each, and what the checker says. */
export const refused: readonly (readonly [...CheckerCase, RegExp])[] = [
  ['a lost event', {}, [seen([told(0), told(2), lost])], /event 1 is/],
  ['a doubled event', {}, [seen([told(0), told(0), lost])], /event 1 is/],
  ['two events in the wrong order', {}, [seen([told(1), told(0), lost])], /event 0 is/],
  ['an event of another stream', {}, [seen([{ ...told(0), data: '/t 0 1 ' }])], /event 0 is/],
  [
    'an event that is cut short',
    {},
    [seen([...all.slice(0, 4), { ...told(4), data: '/s 4 1 é' }])],
    /event 4/,
  ],
  ['a reader without an end', {}, [seen(all, { isOver: false })], /waits for ever/],
  ['an event after the end', {}, [seen([told(0), lost, told(1)])], /after the end/],
  [
    '`gone` after 404',
    { ends: ['failed {"reason":"gone"}'] },
    [seen([deleted, gone])],
    /after the/,
  ],
  [
    'a start over after `gone`, where no other log can begin',
    { ends: ['failed {"reason":"gone"}'] },
    [seen([told(0), gone, reset, ...all])],
    /start over/,
  ],
  [
    'a start over after another end',
    { forgotAt: 50 },
    [seen([told(0), lost, reset, ...all])],
    /after the end/,
  ],
  ['404 after another end', {}, [seen([lost, deleted])], /after the end/],
  ['a second end', {}, [seen([told(0), lost, lost])], /after the end/],
  ['the end too early', {}, [seen(all.slice(0, 4))], /the end after 4 events/],
  ['the end after an event too many', {}, [seen([...all, told(5)])], /the end after 6 events/],
  [
    'an end that the scene excludes',
    {},
    [seen([{ event: 'failed', data: 'x' }])],
    /received failed x/,
  ],
  ['`end` of an endless stream', { mayEnd: false }, [seen(all)], /a stream without one/],
  ['a start over without a reason', {}, [seen([told(0), reset, ...all])], /start over/],
  ['different ends', {}, [seen(all), seen([told(0), lost])], /2 different streams/],
  ['`lost` after different events', {}, [seen([told(0), lost]), seen([lost])], /2 different/],
  [
    'different producers of one event',
    {},
    [seen(all), seen([...all.slice(0, 4), told(4, '2')])],
    /2 different/,
  ],
  [
    'different streams after the store forgot',
    { forgotAt: 50 },
    [seen(all), seen([...all.slice(0, 4), told(4, '2')])],
    /2 different/,
  ],
  ['different ends after the same events', {}, [seen(all), seen([...all, lost])], /2 different/],
]
