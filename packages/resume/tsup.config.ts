import { library } from '../../tooling/config/tsup.ts'

export default library({
  index: 'src/index.ts',
  conformance: 'src/conformance.ts',
  postgres: 'src/postgres.ts',
  redis: 'src/redis.ts',
  sqlite: 'src/sqlite.ts',
})
