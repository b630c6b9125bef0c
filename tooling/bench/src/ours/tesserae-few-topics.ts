import { topicsServer } from './topics.ts'

export const { send } = topicsServer(100)
