import { library } from '../../tooling/config/tsup.ts'

export default library({
  index: 'src/index.ts',
  hub: 'src/hub.ts',
  node: 'src/node.ts',
  stream: 'src/stream.ts',
  web: 'src/web.ts',
})
