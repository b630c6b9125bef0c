import { copyFileSync, mkdirSync, truncateSync } from 'node:fs'
import path from 'node:path'

const header = path.resolve(import.meta.dirname, '../../model/zeros.gguf')

/** The bytes of the header and of the tensors that it lists: 168 million weights, most of them of 16 bits. */
const SIZE = 336_697_024

/** Writes the model of zeros: its header, and a hole for its weights, which takes no time and hardly any room. */
export function writeZerosModel(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  copyFileSync(header, file)
  truncateSync(file, SIZE)
}
