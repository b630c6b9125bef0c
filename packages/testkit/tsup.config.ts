import { library } from '../../tooling/config/tsup.ts'

const config = library({
  index: 'src/index.ts',
  arbitraries: 'src/arbitraries.ts',
  recorder: 'src/recorder.ts',
  recordings: 'src/recordings.ts',
  responses: 'src/responses.ts',
  transcript: 'src/transcript.ts',
  vectors: 'src/vectors.ts',
})

// The recorder and the recordings are for Node, Bun and Deno; their declarations need Node's types to be made.
export default { ...config, dts: { compilerOptions: { types: ['node'] } } }
