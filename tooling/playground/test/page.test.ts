// One file, for one browser: the tests of the page are in `page/`.
await import('./page/streaming.ts')
await import('./page/faults.ts')
await import('./page/sources.ts')
await import('./page/hands.ts')
await import('./page/looks.ts')
await import('./page/axe.ts')
await import('./page/tool.ts')
await import('./page/chat.ts')

export {}
