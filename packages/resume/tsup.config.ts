import { library } from '../../tooling/config/tsup.ts'

export default library({
  index: 'src/index.ts',
  compat: 'src/compat.ts',
  'compat/generic': 'src/compat/generic.ts',
  'compat/ioredis': 'src/compat/ioredis.ts',
  conformance: 'src/conformance.ts',
  postgres: 'src/postgres.ts',
  redis: 'src/redis.ts',
  sqlite: 'src/sqlite.ts',
})
