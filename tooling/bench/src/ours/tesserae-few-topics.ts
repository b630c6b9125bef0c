import { topicsFace } from './topics.ts'

export const { send } = topicsFace(100)
