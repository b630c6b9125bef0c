/** `'a', then 'b'` states what a line gives that runs twice. */
export function turns(text: string): string[] {
  return text.split(/,\s+then\s+/)
}
