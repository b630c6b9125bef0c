/** The plain reading of a log: what any reader must deliver, by the rules of the protocol and without its code. */
import type { Entry } from '@tesserae/resume'

export interface Told {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: string
}

/** What a log says from its start to its first end. Numbers are checked: a log with a hole or an overlap throws. */
export function reference(log: readonly Entry[]): {
  events: Told[]
  end: string | undefined
  /** The id before the first event, which a `reset` has. */
  start: string
} {
  const events: Told[] = []
  let expected: number | undefined
  let last = 0
  let start = ''
  for (const { epoch, number, body } of log) {
    const blocks = body.split('\n\n').slice(0, -1)
    if (number === 0) {
      const [block = ''] = blocks
      if (block.startsWith(':t ')) return { events, end: endIn(block), start }
      if (expected !== undefined) continue
      // The first mark says where numbers begin.
      const base = Number.parseInt(block.slice(3, 11), 36)
      start = `${epoch}-${base}`
      expected = base + 1
      continue
    }
    if (last !== 0 && epoch !== last && blocks[0] !== `:a ${last}`)
      throw new Error(`epoch ${epoch} does not go on after epoch ${last}`)
    last = epoch
    let at = number - blocks.length + 1
    for (const block of blocks) {
      if (at !== expected) throw new Error(`record ${epoch}-${at} where ${expected} was expected`)
      expected = at + 1
      if (block.startsWith(':t ')) return { events, end: endIn(block), start }
      if (!block.startsWith(':'))
        events.push({ id: `${epoch}-${at}`, event: nameIn(block), data: dataIn(block) })
      at++
    }
  }
  return { events, end: undefined, start }
}

function endIn(block: string): string {
  return (JSON.parse(block.slice(3)) as { reason: string }).reason
}

function nameIn(block: string): string | undefined {
  return /^event: (.*)$/m.exec(block)?.[1]
}

function dataIn(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))
    .join('\n')
}
