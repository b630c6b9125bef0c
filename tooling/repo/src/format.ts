// `npm run format`: writes what the check of the same name would complain about.
import path from 'node:path'
import { oxfmt } from './oxfmt.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const { status, output } = oxfmt(root, 'write')
console.log(output)
process.exitCode = status
