// `npm run format`: writes what the check of the same name would complain about.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { oxfmt } from './oxfmt.ts'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const { status, output } = oxfmt(root, 'write')
console.log(output)
process.exitCode = status
