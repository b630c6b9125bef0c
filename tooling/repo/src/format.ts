// `npm run format`: writes what the check of the same name would complain about.
import { repository } from '../../config/workspaces.ts'
import { oxfmt } from './checks/programs.ts'

const { status, output } = await oxfmt(repository, '--write')
console.log(output)
process.exitCode = status
