import { testChaos } from './support/chaos/test-chaos.ts'

testChaos(24)
