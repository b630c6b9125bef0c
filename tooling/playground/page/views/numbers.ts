const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

export function formatCount(value: number): string {
  return count.format(value)
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 2 : 1)} kB`
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}

export function formatTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return '–'
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`
  return `${(milliseconds / 1000).toFixed(2)} s`
}

export function formatRate(rate: number | undefined): string {
  if (rate === undefined) return '–'
  return rate < 10 ? rate.toFixed(1) : count.format(rate)
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`
}
