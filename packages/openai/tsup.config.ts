import { library } from '../../tooling/config/tsup.ts'

export default library({
  index: 'src/index.ts',
  accumulator: 'src/accumulator.ts',
  bridge: 'src/bridge.ts',
  dialects: 'src/dialects.ts',
  display: 'src/display.ts',
  json: 'src/json.ts',
  responses: 'src/responses.ts',
  'responses/accumulator': 'src/responses/accumulator.ts',
  'responses/schema': 'src/responses/schema.ts',
  schema: 'src/schema.ts',
})
