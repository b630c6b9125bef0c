import { textOf, wireIn } from '../wire.ts'
import type { Dialect } from './types.ts'

const TRACE = 'reasoning_trace'

/**
 * Crucible: each event is `{"output": …}`; in deep mode an event called `reasoning_trace`, or with a field of that name,
 * comes after them with the whole reasoning. There is no finish reason: `[DONE]` is the end.
 *
 * Chunks have `output`, as its documentation reads them, and `choices`, as other services do.
 */
export const crucible: Dialect = {
  read({ event, data }, value) {
    const fields = wireIn(value)
    const trace =
      fields[TRACE] ?? (event === TRACE ? (fields['output'] ?? value ?? data) : undefined)
    const output = event === TRACE ? undefined : fields['output']
    if (trace === undefined && output === undefined) return undefined
    const delta = {
      ...(output !== undefined && { content: textOf(output) }),
      ...(trace !== undefined && { reasoning_content: textOf(trace) }),
    }
    const choices = [{ index: 0, delta, finish_reason: null }]
    return { ...fields, output: textOf(output), object: 'chat.completion.chunk', choices }
  },
  rules: { chunk: { output: 'drop', [TRACE]: 'drop' } },
  write() {
    let trace = ''
    return {
      chunk(chunk) {
        const { choices } = chunk as { choices?: { delta?: Record<string, unknown> }[] }
        const { content, reasoning_content: more } = choices?.[0]?.delta ?? {}
        trace += textOf(more)
        return content ? [{ data: JSON.stringify({ output: content }) }] : []
      },
      end: () => (trace === '' ? [] : [{ event: TRACE, data: JSON.stringify({ [TRACE]: trace }) }]),
    }
  },
}
