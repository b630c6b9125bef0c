// What the commands of the tools have in common: how they read arguments, how long work says where it is, and tables.

/** Reads the arguments of the process. Prints `usage` and exits for `--help`, and for arguments over which `read` throws. */
export function readArgs<Args>(usage: string, read: (args: string[]) => Args): Args {
  const args = process.argv.slice(2)
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return read(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

/** The words, each of which must be one of `all`, or what is meant without any. Throws a sentence for people. */
export function choose(
  what: string,
  words: readonly string[] = [],
  all: readonly string[],
  withoutAny = all,
): readonly string[] {
  const unknown = words.find((word) => !all.includes(word))
  if (unknown !== undefined)
    throw new Error(`There is no ${what} "${unknown}"; there are ${all.join(', ')}.`)
  return words.length === 0 ? withoutAny : words
}

export interface Progress {
  /** Says what runs now: `[3 of 40] name`. Each call counts one. */
  begin(name: string): void
  /** Removes the line, so that something else can be printed in its place. */
  clear(): void
}

/** Without a terminal, a line is printed at most so often. */
const EVERY_MS = 10_000

/** The progress of `total` pieces of work: a line that is rewritten on a terminal, and printed now and then elsewhere. */
export function startProgress(
  total: number,
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  let begun = 0
  let printed = now()
  return {
    begin(name) {
      const line = `[${++begun} of ${total}] ${name}`
      if (out.isTTY) out.write(`\r\x1b[K${line.slice(0, out.columns - 1)}`)
      else if (now() - printed >= EVERY_MS) {
        printed = now()
        out.write(`${line}\n`)
      }
    },
    clear() {
      if (out.isTTY) out.write('\r\x1b[K')
    },
  }
}

/** Rows of cells in columns that are as wide as they need to be. Those that `isNumber` names are set right. */
export function columns(
  rows: readonly (readonly string[])[],
  isNumber: (column: number) => boolean = () => false,
): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  )
  const lines = rows.map((row) =>
    row.map((cell, at) => (isNumber(at) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))),
  )
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n')
}
