// In a file of their own, because esbuild inlines only constants of other files.

export const LF = 10
export const CR = 13

/** In milliseconds: a timer of the web platform that is given more does not wait at all. */
export const LONGEST_WAIT = 2147483647

/** In bytes of UTF-8: the longest id that is sent, and the longest `Last-Event-ID` that is accepted. */
export const LONGEST_ID = 1024

/** In UTF-16 units, of which each takes at most 3 bytes: a shorter id need not be measured. */
export const SHORT_ID = 341
