import { library } from '../../tooling/tsup/library.ts'

export default library({ index: 'src/index.ts', stream: 'src/stream.ts', compat: 'src/compat.ts' })
