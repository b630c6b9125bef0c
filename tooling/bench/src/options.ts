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

export interface Options {
  readonly filters: readonly RegExp[]
  readonly verify: boolean
  readonly processes: number
  readonly node: string | undefined
  readonly json: string | undefined
  readonly table: boolean
  readonly write: string | undefined
  /** One or two revisions, older first. */
  readonly compare: readonly string[] | undefined
  /** What the order of the cases is made of, where they are mixed. */
  readonly seed: number | undefined
  readonly null: boolean
  readonly list: boolean
  readonly help: boolean
}

// long: one list of options, each with its check
/** @throws with a sentence for the person who typed it */
export function readOptions(args: readonly string[]): Options {
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
      help: { type: 'boolean', default: false },
    },
  })
  const compareAt = tokens.find(
    (token) => token.kind === 'option' && token.name === 'compare',
  )?.index
  const words = tokens.filter((token) => token.kind === 'positional')
  const isRevision = ({ index }: { index: number }) => compareAt !== undefined && index > compareAt
  const revisions = words.filter(isRevision).map(({ value }) => value)
  const filters = words.filter((word) => !isRevision(word)).map(({ value }) => new RegExp(value))

  if (values.compare && (revisions.length < 1 || revisions.length > 2))
    throw new Error(
      `--compare takes one or two commits, not ${revisions.length}: put filters before it.`,
    )
  if (values.compare && values.null) throw new Error('--compare and --null are two different runs.')
  if (values.table && values.verify)
    throw new Error('A run with --verify has no numbers for --table.')
  if (values.write !== undefined && (values.verify || values.compare || values.null))
    throw new Error(
      'What --write puts into a README is measured in full: leave out --verify, --compare, --null.',
    )
  const processes = Number(values.processes)
  if (!Number.isInteger(processes) || processes < 1)
    throw new Error(`--processes takes a whole number from 1 up, not "${values.processes}".`)
  if (values.write !== undefined && processes < 3)
    throw new Error('What --write puts into a README is of three processes or more.')
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
  if (!Number.isInteger(seed)) throw new Error(`--seed takes a whole number, not "${values.seed}".`)
  if (values.seed !== undefined && !values.mixed)
    throw new Error('--seed is the order of --mixed: without it there is none.')
  return {
    filters,
    verify: values.verify,
    processes,
    node: values.node,
    json: values.json,
    table: values.table,
    write: values.write,
    compare: values.compare ? revisions : undefined,
    seed: values.mixed ? seed : undefined,
    null: values.null,
    list: values.list,
    help: values.help,
  }
}
