import { drawBytes } from './draw-bytes.ts'
import { drawEvents } from './draw-events.ts'
import { drawMessage } from './draw-message.ts'
import type { Layout } from './layout.ts'
import { coloursAsStyle } from './palette.ts'
import { escape, grouped, label, rounded } from './svg.ts'
import type { Trace } from './trace.ts'

/** Draws a stream as it becomes a message: the bytes in their pieces, the events, what these add up to. */
export function draw(trace: Trace, layout: Layout): string {
  const isWide = layout.gutter > 0
  const bytes = drawBytes(trace, layout, isWide ? 2 : 44)
  const events = drawEvents(trace, layout, bytes.bottom + (isWide ? 44 : 50))
  const message = drawMessage(trace, layout, events, events.bottom + (isWide ? 56 : 40))
  const height = Math.ceil(message.bottom + 26)
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${height}" width="${layout.width}" height="${height}" font-size="12" role="img" aria-labelledby="title desc">`,
    '<title id="title">A stream becomes a message</title>',
    `<desc id="desc">${escape(description(trace))}</desc>`,
    `<style>${style}\n${coloursAsStyle()}</style>`,
    ...(isWide
      ? besides(trace, bytes, events, message)
      : above(trace, layout, bytes, events, message)),
    bytes.drawn,
    events.drawn,
    message.drawn,
    label(layout.gutter, message.bottom + 20, closing(trace, isWide)),
    '</svg>',
  ].join('\n')}\n`
}

interface Placed {
  readonly top: number
  readonly bottom: number
}

/** What stands left of the tiles. */
function besides(trace: Trace, bytes: Placed, events: Placed, message: Placed): string[] {
  const title = (y: number, text: string): string => label(0, y, text, 'text title')
  return [
    title(bytes.top + 13, 'bytes'),
    label(0, bytes.top + 32, `${grouped(trace.bytes.length)} of them,`),
    label(0, bytes.top + 48, `in ${trace.pieces.length} pieces`),
    ...legend(0, bytes.top + 74, 0, 18),
    ...step((bytes.bottom + events.top) / 2, '@tesserae/parser'),
    title(events.top + 22, 'events'),
    label(0, events.top + 40, `${trace.events.length} of them`),
    ...step((events.bottom + message.top) / 2, '@tesserae/openai'),
    title(message.top + 22, 'message'),
  ]
}

/** What stands above the tiles, where there is no room beside them. */
function above(trace: Trace, { width }: Layout, ...[bytes, events, message]: Placed[]): string[] {
  const heading = (y: number, title: string, aside: string): string =>
    label(0, y, title, 'text title') +
    `<text class="soft" x="${width}" y="${y}" text-anchor="end">${aside}</text>`
  return [
    heading(
      14,
      'bytes',
      `${grouped(trace.bytes.length)} of them, in ${trace.pieces.length} pieces`,
    ),
    ...legend(0, bytes!.top - 10, 84, 0),
    heading(events!.top - 12, 'events', 'by @tesserae/parser'),
    heading(message!.top - 12, 'message', 'by @tesserae/openai'),
  ]
}

function legend(x: number, y: number, right: number, down: number): string[] {
  return [
    `<path class="cut" stroke-width="2" d="M${x + 7} ${y - 10}v12"/>`,
    label(x + 20, y, 'a cut'),
    `<path class="end" d="M${x + right} ${y + down - 7}h6v6h-6zM${x + right + 8} ${y + down - 7}h6v6h-6z"/>`,
    label(x + right + 20, y + down, 'an event ends'),
  ]
}

/** What makes the one of the other. */
function step(middle: number, by: string): string[] {
  return [
    `<path class="soft arrow" d="M4 ${rounded(middle - 14)}v28m-4 -4l4 4l4 -4"/>`,
    label(13, middle + 4, by, 'text'),
  ]
}

function description({ bytes, pieces, events, parts }: Trace): string {
  return (
    `${bytes.length} bytes of a recorded stream, a small tile each, arrive in ${pieces.length} pieces, cut anywhere: ` +
    `once between the two letters o of the word look. The parser finds ${events.length} events in them, and the ` +
    `accumulator puts together what they bring: ${parts.map(({ text }) => text).join('')}`
  )
}

function closing({ tokens, finishReason, cutsTried }: Trace, isWide: boolean): string {
  const same = `the same for all ${grouped(cutsTried)} ways to cut the bytes in two`
  return isWide ? `${finishReason}, ${tokens} tokens: complete, and ${same}` : same
}

const style = [
  'text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}',
  '.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}',
  '.title{font-weight:600;font-size:15px}.mid{text-anchor:middle}',
  '.tiles path,path.cut,path.thread,path.arrow{fill:none;stroke:currentColor}',
  '.thread{stroke-width:2;opacity:.75}',
  '.beam{fill-opacity:.07;stroke:currentColor;stroke-opacity:.5}',
  // It plays once, and what does not play it shows the end.
  '@keyframes in{from{opacity:.1}}.in{animation:in .4s ease-out backwards}',
  '@media(prefers-reduced-motion:reduce){.in{animation:none}}',
].join('\n')
