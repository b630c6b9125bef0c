import path from 'node:path'

export const repository: string = path.resolve(import.meta.dirname, '../../..')
