import { badOption, unknownOption } from '../errors.ts'

export function checkAmount(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value
  throw badOption(name, 'a number of 0 or more')
}

/** @param names - every known option, separated by spaces */
export function checkNames(options: object, names: string): void {
  for (const name in options) if (!names.split(' ').includes(name)) throw unknownOption(name, names)
}
