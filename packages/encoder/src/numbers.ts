// In a file of their own, because esbuild writes only constants of other files into the code that uses them.

export const LF = 10
export const CR = 13

/** In milliseconds: a timer of the web platform that is told to wait longer does not wait at all. */
export const LONGEST_WAIT = 2147483647
