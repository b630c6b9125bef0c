// Bundled and minified by syntax, these become literals in the code that compares with them.
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COLON = 58
export const A = 97
export const D = 100
export const E = 101
export const T = 116

/** Where the values begin in `data: ` and in `event: `. */
export const DATA_AT = 6
export const NAME_AT = 7
