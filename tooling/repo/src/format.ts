// `npm run format`: writes what the check of the same name would complain about.
import path from 'node:path'
import { oxfmt } from './checks/programs.ts'

const { status, output } = await oxfmt(path.resolve(import.meta.dirname, '../../..'), '--write')
console.log(output)
process.exitCode = status
