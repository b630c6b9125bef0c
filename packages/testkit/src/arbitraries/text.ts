import fc, { type Arbitrary } from 'fast-check'

/**
 * Text that programs have got wrong: what looks like a line end and is none, what a decoder or `trim` takes away, what
 * is more than one UTF-16 unit or more than one code point, and what means something in SSE, JSON or JavaScript.
 */
export const SUSPECTS: readonly string[] = [
  '\0',
  '\t',
  '\v',
  '\f',
  '\b',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u00ad',
  '\u200b',
  '\u200d',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\u{10ffff}',
  'ï»¿',
  'é',
  'e\u0301',
  '漢字',
  '😀',
  '👩\u200d👩\u200d👧',
  '🇨🇭',
  '\u202eabc',
  'ſ',
  'İ',
  '٥',
  ' ',
  '  ',
  ':',
  ': ',
  ' :',
  'data',
  'data:',
  'data: x',
  'event: x',
  'id: 1',
  'retry: 1',
  ': ping',
  '[DONE]',
  'message',
  '"',
  '\\',
  '\\n',
  '\\u0000',
  '{',
  '}',
  '{"a":1}',
  ']',
  '</script>',
  'null',
  '0',
  '-0',
  '1e400',
  '007',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'undefined',
]

/** Well-formed Unicode on one line: anything but CR and LF, suspects often among it. */
export function lineOfText(): Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 8 }) },
    { weight: 2, arbitrary: fc.constantFrom(...SUSPECTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  )
  return fc
    .array(piece, { maxLength: 3 })
    .map((pieces) => pieces.join('').replaceAll(/[\r\n]/g, ''))
}

/** Well-formed Unicode on any number of lines that end in LF, as JSON and prose come. */
export function linesOfText(): Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: lineOfText() },
    {
      weight: 1,
      arbitrary: fc.array(lineOfText(), { maxLength: 3 }).map((lines) => lines.join('\n')),
    },
  )
}
