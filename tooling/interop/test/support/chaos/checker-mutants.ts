/** Mistakes in `checker.ts` that its cases must find. */
export const mutants: readonly { name: string; from: string; to: string }[] = [
  {
    name: 'the data of events is not compared',
    from: "text !== payload(name, n, text.split(' ')[2] ?? '')",
    to: 'name === text',
  },
  {
    name: 'the number of events is not compared',
    from: "if (end === 'end' && data.length !== events)",
    to: 'if (events < 0)',
  },
  { name: 'a reader may wait for ever', from: 'if (!isOver)', to: 'if (name === end)' },
  {
    name: 'anything may follow the end',
    from: 'if (afterEnd)',
    to: 'if (afterEnd === name)',
  },
  {
    name: 'a reader may start over after any end',
    from: `event === 'reset' && end?.includes('"gone"')`,
    to: `event === 'reset' && end`,
  },
  {
    name: 'a reader may not start over after the log was gone',
    from: `event === 'reset' && end?.includes('"gone"')`,
    to: `event === 'reset' && end?.includes('none')`,
  },
  {
    name: 'a reader may start over at any time',
    from: 'if (resets > 0 && forgotAt === 0)',
    to: 'if (resets > 99 && forgotAt === 0)',
  },
  {
    name: 'a reader may never start over',
    from: 'if (resets > 0 && forgotAt === 0)',
    to: 'if (resets > 0)',
  },
  {
    name: 'a reader that starts over keeps what it had',
    from: 'resets++\n      data = []',
    to: 'resets++',
  },
  { name: 'any stream may end', from: "if (end === 'end' && !mayEnd)", to: 'if (name === end)' },
  {
    name: 'any end will do',
    from: "if (end !== 'end' && !ends.includes(end))",
    to: 'if (ends.length > 99)',
  },
  { name: 'readers need not agree', from: 'finals.size > 1', to: 'finals.size > 99' },
  {
    name: 'readers agree if their ends do',
    from: 'finals.add(JSON.stringify([data, end]))',
    to: 'finals.add(JSON.stringify([end]))',
  },
  {
    name: 'readers agree if their events do',
    from: 'finals.add(JSON.stringify([data, end]))',
    to: 'finals.add(JSON.stringify([data]))',
  },
  {
    name: 'readers of a lost stream need not agree',
    from: '/"(lost|stopped)"/.test(end)',
    to: '/"stopped"/.test(end)',
  },
  {
    name: 'what was read before the store forgot is compared',
    from: 'if (isWhole && seen.finishedAt > expected.forgotAt)',
    to: 'if (isWhole)',
  },
]
