import { groups } from './support/pairs/groups.ts'
import { testPairs } from './support/pair.ts'

testPairs(groups, false)
