/** The names under which a run of properties is replayed, or made longer. */
const integer = (name: string): number | undefined => {
  const text = process.env[name]
  if (text === undefined || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw new Error(`${name} needs a whole number, not "${text}".`)
  return Number(text)
}

/** `FC_SEED`, or a new one. 32 bits: fast-check cuts larger seeds down. */
export const seed: number = (integer('FC_SEED') ?? Math.floor(Math.random() * 2 ** 32)) | 0

/** `FC_RUNS`: how many runs each property gets that does not say so itself. */
export const runs: number = integer('FC_RUNS') ?? 100
if (runs < 1) throw new Error(`FC_RUNS needs a number from 1 up, not ${runs}.`)
