/** What a vector is about: the groups of those that were written for the project, in words. */
const groups: Readonly<Record<string, string>> = {
  eol: 'line ends',
  bom: 'byte order mark',
  utf8: 'UTF-8',
  data: 'data',
  event: 'names',
  id: 'IDs',
  retry: 'retry',
  unknown: 'unknown fields',
  comment: 'comments',
  eof: 'end of stream',
}

/** The groups that are named for where they come from; what none of these words is in is about data. */
const words: readonly (readonly [word: RegExp, topic: string])[] = [
  [/bom/, 'byte order mark'],
  [/-id|4-blocks/, 'IDs'],
  [/retry/, 'retry'],
  [/newlines/, 'line ends'],
  [/comment/, 'comments'],
  [/field-event|between-event/, 'names'],
  [/unknown/, 'unknown fields'],
  [/utf-8/, 'UTF-8'],
  [/final-empty-line/, 'end of stream'],
]

export function topicOf(vector: string): string {
  const [group = '', rest = ''] = vector.split(':')
  return groups[group] ?? words.find(([word]) => word.test(rest))?.[1] ?? 'data'
}
