import { library } from '../../tooling/tsup/library.ts'

export default library({
  accumulator: 'src/accumulator.ts',
  json: 'src/json.ts',
  schema: 'src/schema.ts',
})
