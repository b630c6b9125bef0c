import type { Question } from '../stream/ask-model.ts'

const OPENED = 'tesserae-opened'
const QUESTION = 'tesserae-question'
/** A larger stream is not kept over a reload: the storage of a tab is small. */
const MOST_BYTES = 1_500_000
/** Headers that carry a secret are kept nowhere. */
const SECRET = /^\s*(authorization|x-api-key|api-key|x-goog-api-key|cookie)\s*:/i

/** Keeps what was opened until the tab is closed. */
export function keepOpened(name: string, bytes: Uint8Array): void {
  try {
    sessionStorage.removeItem(OPENED)
    if (bytes.length > MOST_BYTES) return
    let letters = ''
    for (const byte of bytes) letters += String.fromCodePoint(byte)
    sessionStorage.setItem(OPENED, JSON.stringify({ name, base64: btoa(letters) }))
  } catch {
    // Then a reload loses it, and the page reports that.
  }
}

/** What was kept under a name. */
export function keptOpened(name: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(OPENED) ?? '{}') as {
      name?: string
      base64?: string
    }
    if (kept.name !== name || kept.base64 === undefined) return undefined
    return Uint8Array.from(atob(kept.base64), (letter) => letter.codePointAt(0) ?? 0)
  } catch {
    return undefined
  }
}

/** Keeps the form, without what is secret in it. */
export function keepQuestion(question: Question): void {
  const headers = question.headers
    .split('\n')
    .filter((line) => !SECRET.test(line))
    .join('\n')
  try {
    localStorage.setItem(QUESTION, JSON.stringify({ ...question, headers }))
  } catch {
    // Then it lasts as long as the page.
  }
}

export function keptQuestion(): string | null {
  try {
    return localStorage.getItem(QUESTION)
  } catch {
    return null
  }
}
