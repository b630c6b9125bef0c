// Bundled and minified by syntax, these become literals in the code that compares with them.
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COLON = 58
export const A = 97
export const D = 100
export const E = 101
export const I = 105
export const N = 110
export const R = 114
export const T = 116
export const V = 118
