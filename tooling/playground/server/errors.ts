/** Why a request is refused. Codes that OpenAI has are spelt as it spells them. */
const statuses = {
  invalid_json: 400,
  invalid_body: 400,
  invalid_option: 400,
  only_streamed: 400,
  not_found: 404,
  model_not_found: 404,
  forbidden: 403,
  method_not_allowed: 405,
  body_too_large: 413,
  failed_recording: 502,
  unreachable: 502,
} as const

export type RefusalCode = keyof typeof statuses

/** A request that is answered with an error. Its message says what to do, and goes to the client. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly status: number
  /** The field or option that is wrong. */
  readonly param: string | undefined

  constructor(code: RefusalCode, message: string, param?: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.status = statuses[code]
    this.param = param
  }

  /** As OpenAI's API says it, so that its clients make an error of theirs of it. */
  get body(): object {
    const type = this.status < 500 ? 'invalid_request_error' : 'server_error'
    const { message, code, param = null } = this
    return { error: { message, type, param, code } }
  }
}

/** The refusal of a field of the body that is not what it has to be. */
export function wrong(param: string, allowed: string): Refusal {
  return new Refusal('invalid_body', `Give "${param}" ${allowed}.`, param)
}
