import type { AreaTable } from '../tables.ts'
import type { ClientResult } from './run-peer.ts'

export const clientTable: AreaTable<ClientResult> = {
  columns: [
    ['client', 'text'],
    ['version', 'text'],
    ['right', 'number'],
    ['wrong', 'number'],
    ['cannot try', 'number'],
    ['a POST is sent again', 'number'],
    ['the process would end', 'number'],
  ],
  cells: ({ scenarios, right, notTried, wrong, crashes }) => [
    `${right} of ${scenarios}`,
    `${Object.keys(wrong).length}`,
    `${notTried}`,
    `${Object.entries(wrong).filter(([name, fault]) => name.includes('POST') && fault !== 'events').length || ''}`,
    `${crashes ?? ''}`,
  ],
  better: (a, b) => b.right - a.right,
}
