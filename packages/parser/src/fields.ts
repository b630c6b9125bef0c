// The grammar of a line, for the scanner and for the text of `/compat`. Each function returns where the value begins of a
// line that ends at `close`, or -1 if the line has another name. V8 inlines them. bench: mixed
import { A, COLON, D, E, I, N, SPACE, T, V } from './chars.ts'

export function dataAt(text: string, at: number, close: number): number {
  return text.charCodeAt(at) === D &&
    text.charCodeAt(at + 1) === A &&
    text.charCodeAt(at + 2) === T &&
    text.charCodeAt(at + 3) === A
    ? valueAt(text, at + 4, close)
    : -1
}

export function eventAt(text: string, at: number, close: number): number {
  return text.charCodeAt(at) === E &&
    text.charCodeAt(at + 1) === V &&
    text.charCodeAt(at + 2) === E &&
    text.charCodeAt(at + 3) === N &&
    text.charCodeAt(at + 4) === T
    ? valueAt(text, at + 5, close)
    : -1
}

export function idAt(text: string, at: number, close: number): number {
  return text.charCodeAt(at) === I && text.charCodeAt(at + 1) === D
    ? valueAt(text, at + 2, close)
    : -1
}

/** Where the value begins after a field's name that ends at `at`: -1 if the name goes on. */
export function valueAt(text: string, at: number, close: number): number {
  if (at === close) return close
  if (text.charCodeAt(at) !== COLON) return -1
  return text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1
}
