/** Statuses of servers that are overloaded, restarting or behind a proxy that could not reach them. */
export const TEMPORARY_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504]
