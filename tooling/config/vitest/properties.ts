import fc from 'fast-check'

// In each test file, before its tests: one seed for all of them, chosen where the run begins (see config.ts).
fc.configureGlobal({
  seed: Number(process.env['FC_SEED']),
  numRuns: Number(process.env['FC_RUNS']),
})
