import type { ServerError } from '../server-error.ts'
import type {
  PartialResponseCall,
  ResponseIncompleteReason,
  ResponseStreamEnd,
  ResponseVerdict,
} from './accumulator-types.ts'
import type { Rule } from './event-table.ts'
import type { ResponseNotes } from './notes.ts'
import { isWire, listIn, type Wire, wireIn } from './wire.ts'

const TERMINAL: readonly unknown[] = ['completed', 'incomplete', 'failed', 'cancelled']

/** The calls that the caller runs, directly or through a shell. */
const CALLS: readonly unknown[] =
  'function_call custom_tool_call computer_call local_shell_call shell_call apply_patch_call'.split(
    ' ',
  )

/**
 * The status with which an event ends the response; `undefined` if it does not. Any event with a response that has a
 * terminal status ends it, except the three that open one. The status of the response beats the name of the event: vLLM
 * sends `response.completed` with the status `incomplete`.
 */
export function endStatusOf(event: Wire, rule: Rule | undefined): string | undefined {
  if (rule && (rule.does !== 'response' || rule.state === undefined)) return undefined
  const { response, object } = event
  const whole = object === 'response' ? event : wireIn(response)
  const status = whole['status'] ?? rule?.state
  return TERMINAL.includes(status) ? String(status) : undefined
}

/** Why a call must not be run; `undefined` for a whole one. */
export function isPartial(item: Wire, isDone: boolean): PartialResponseCall['reason'] | undefined {
  const { status, type, arguments: text } = item
  if (!isDone || status === 'incomplete') return 'not-done'
  return type === 'function_call' && typeof text === 'string' && text !== '' && !isJson(text)
    ? 'open-json'
    : undefined
}

/** What is known beside the response. */
interface Known extends ResponseStreamEnd {
  readonly isOver: boolean
  readonly error: ServerError | undefined
  readonly notes: ResponseNotes
  /** Whether the item at a position of the output was closed by the server. */
  readonly isDone: (position: number) => boolean
}

/**
 * | the stream                                         | verdict                                          |
 * |----------------------------------------------------|--------------------------------------------------|
 * | status `completed`                                 | complete                                         |
 * | status `incomplete` or `cancelled`                 | complete, with the status and `partialToolCalls` |
 * | status `failed`                                    | `error`                                          |
 * | an error and no terminal event; a broken connection | `error`                                         |
 * | the caller's signal                                | `aborted`                                        |
 * | the end, or `[DONE]`, without a terminal event     | `no-end`; a note if every item was done          |
 */
export function verdictOn(response: Wire, known: Known): ResponseVerdict {
  const { isOver, error, notes } = known
  const { status } = response
  const output = listIn(response['output'])
  const reason = whyIncomplete(status, known)
  const isWhole = isOver && status === 'completed'
  if (reason === 'no-end' && output.length > 0 && output.every((_, at) => known.isDone(at)))
    notes.add('all-items-done')
  const partialToolCalls = output.flatMap((item, position): PartialResponseCall[] => {
    if (!isWire(item) || !CALLS.includes(item['type'])) return []
    const why = isPartial(item, isWhole || known.isDone(position))
    return why ? [{ output: position, id: String(item['call_id'] ?? ''), reason: why }] : []
  })
  const details = {
    status: typeof status === 'string' ? status : undefined,
    partialToolCalls,
    notes: notes.list(),
    ...(error && { error }),
  }
  return reason ? { complete: false, reason, ...details } : { complete: true, ...details }
}

function whyIncomplete(
  status: unknown,
  { isOver, error, failed, aborted }: Known,
): ResponseIncompleteReason | undefined {
  if (isOver) return status === 'failed' ? 'error' : undefined
  if (error || failed) return 'error'
  return aborted ? 'aborted' : 'no-end'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
