/** Chunks as text, as the user of a parser of strings decodes them. What the last call holds back comes at the end. */
export function* textOf(chunks: readonly Uint8Array[]): Generator<string> {
  const decoder = new TextDecoder()
  for (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}
