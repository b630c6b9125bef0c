import { library } from '../../tooling/config/tsup.ts'

export default library({
  index: 'src/index.ts',
  accumulator: 'src/accumulator.ts',
  dialects: 'src/dialects.ts',
  json: 'src/json.ts',
  schema: 'src/schema.ts',
})
