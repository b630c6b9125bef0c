import { library } from '../../tooling/config/tsup.ts'

export default library({
  index: 'src/index.ts',
  eventsource: 'src/eventsource.ts',
  fetch: 'src/fetch.ts',
  'fetch-event-source': 'src/fetch-event-source.ts',
  resume: 'src/resume.ts',
})
