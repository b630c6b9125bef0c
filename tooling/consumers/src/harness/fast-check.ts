// What `fast-check` means in a bundle: itself, with the seed and the number of runs of this run as its defaults.
import * as fastCheck from 'fast-check'

export * from 'fast-check'
export default fastCheck

export function configureProperties(seed: number, numRuns: number): void {
  fastCheck.configureGlobal({ ...fastCheck.readConfigureGlobal(), seed, numRuns })
}
