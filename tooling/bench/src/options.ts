import { parseArgs } from 'node:util'

export const usage = `npm run bench -- [filter …] [options]

  filter             a regular expression; a case is run when one of them matches its name
  --verify            check the answers and start no clock
  --processes <n>    processes for each case (5)
  --node <node>      run on node20, node22, node26 or a path (the one that runs this)
  --json <file>      write everything that was measured
  --table            print the Markdown table of the READMEs
  --write <file>     put that table between its markers in a README
  --compare <a> [b]  ours at commit a against ours at commit b, or as it is now; filters stand before it
  --mixed            streams of all shapes in one process, in random order; in place of the other cases
  --seed <n>         the order of --mixed (a new one each time)
  --null             each peer against itself, which must come out even
  --list             print the names of the cases

Files are named from the root of the repository.`

export type Options = ReturnType<typeof readOptions>

/** @throws with a sentence for the person who typed it */
export function readOptions(args: readonly string[]) {
  const { values, tokens } = parseArgs({
    args: [...args],
    tokens: true,
    allowPositionals: true,
    options: {
      verify: { type: 'boolean', default: false },
      processes: { type: 'string', default: '5' },
      node: { type: 'string' },
      json: { type: 'string' },
      table: { type: 'boolean', default: false },
      write: { type: 'string' },
      compare: { type: 'boolean', default: false },
      mixed: { type: 'boolean', default: false },
      seed: { type: 'string' },
      null: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  })
  const compare = tokens.find((token) => token.kind === 'option' && token.name === 'compare')
  const compareAt = compare?.index ?? Infinity
  const words = tokens.filter((token) => token.kind === 'positional')
  const filters = words.filter(({ index }) => index < compareAt).map(({ value }) => value)
  const revisions = words.filter(({ index }) => index > compareAt).map(({ value }) => value)
  const processes = Number(values.processes)
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
  const faults: Readonly<Record<string, boolean>> = {
    [`--compare takes one or two commits, not ${revisions.length}: put filters before it.`]:
      values.compare && (revisions.length < 1 || revisions.length > 2),
    '--compare and --null are two different runs.': values.compare && values.null,
    'A run with --verify has no numbers for --table.': values.table && values.verify,
    'What --write puts into a README is measured in full: leave out --verify, --compare, --null.':
      values.write !== undefined && (values.verify || values.compare || values.null),
    [`--processes takes a whole number from 1 up, not "${values.processes}".`]:
      !Number.isInteger(processes) || processes < 1,
    'What --write puts into a README is of three processes or more.':
      values.write !== undefined && processes < 3,
    [`--seed takes a whole number, not "${values.seed}".`]: !Number.isInteger(seed),
    '--seed is the order of --mixed: without it there is none.':
      values.seed !== undefined && !values.mixed,
  }
  const fault = Object.keys(faults).find((sentence) => faults[sentence])
  if (fault !== undefined) throw new Error(fault)
  return {
    ...values,
    filters: filters.map((filter) => new RegExp(filter)),
    processes,
    /** One or two revisions, older first. */
    compare: values.compare ? revisions : undefined,
    /** What the order of the cases is made of, where they are mixed. */
    seed: values.mixed ? seed : undefined,
  }
}
