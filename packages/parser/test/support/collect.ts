import type { ParsedStream } from '@tesserae/parser/stream'

/** Everything that comes, and the error, if there is one. */
export async function collect(events: ParsedStream): Promise<{ data: string[]; error: unknown }> {
  const data: string[] = []
  try {
    for await (const event of events) data.push(event.data)
    return { data, error: undefined }
  } catch (error) {
    return { data, error }
  }
}
