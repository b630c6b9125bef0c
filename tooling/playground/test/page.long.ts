// What the ordinary run tries of each kind once, tried on all there is.
await import('./page/faults.ts')
await import('./page/streaming.ts')
await import('./page/looks.ts')
await import('./page/axe.ts')

export {}
