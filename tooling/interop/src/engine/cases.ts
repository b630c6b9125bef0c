import given from '../../model/cases.json' with { type: 'json' }
import dialogues from '../../model/dialogues.json' with { type: 'json' }

// What is asked of llama-server: `model/cases.json`. The answers are in `model/dialogues.json`, which the model knows by heart.

/** Which server is asked: `chat` and `keyed` run the model that talks, and `keyed` wants a key; `slow` is slow. */
export type CaseServer = 'chat' | 'keyed' | 'slow'

export interface Case {
  readonly name: string
  readonly title: string
  readonly body: unknown
  /** Default: `/v1/chat/completions`. */
  readonly path?: string
  /** Default: `chat`. */
  readonly server?: CaseServer
  readonly headers?: Readonly<Record<string, string>>
  /** The client goes away once so many bytes have come. */
  readonly abortAfterBytes?: number
  /** The server is killed so long after the request. It must not be needed any more. */
  readonly killAfterMs?: number
  /** Another request, made just before, keeps the only slot busy. */
  readonly behind?: unknown
  /**
   * `exact`: the same words every time. `shape`: sampled, slow or cut, so that no two runs are alike, and only the
   * kinds of events are compared. Default: `exact`.
   */
  readonly compare?: 'exact' | 'shape'
  /** The same request with `stream: false` is recorded beside it. Default: whether the answer can be whole. */
  readonly unstreamed?: boolean
}

/** A request as the file has it. */
interface Asked {
  /** The only message, which a user says `repeat` times over. */
  readonly ask?: string
  readonly repeat?: number
  /** The fields beside the usual ones. `tools` names the API in whose form the tools are sent. */
  readonly body?: string | { readonly tools?: string }
}

const chat = { model: 'tiny-chat', stream: true, temperature: 0 }
const slow = { model: 'zeros', stream: true, temperature: 0, ignore_eos: true }

/** All dialogues that have tools have the same. */
const tools = dialogues.find((dialogue) => dialogue.tools !== null)?.tools ?? []
const toolsFor: Readonly<Record<string, unknown>> = {
  chat: tools,
  responses: tools.map((tool) => ({ type: 'function', ...tool.function })),
  messages: tools.map(({ function: { name, description, parameters } }) => ({
    name,
    description,
    input_schema: parameters,
  })),
}

function bodyOf({ ask, repeat = 1, body = {} }: Asked, usual: object): unknown {
  if (typeof body === 'string') return body
  const messages = ask !== undefined && [{ role: 'user', content: ask.repeat(repeat) }]
  return {
    ...usual,
    ...(messages && { messages }),
    ...body,
    ...(body.tools !== undefined && { tools: toolsFor[body.tools] }),
  }
}

type Given = Omit<Case, 'body' | 'behind'> & Asked & { readonly behind?: Asked }

export const cases: readonly Case[] = (given as readonly Given[]).map(
  ({ ask, repeat, body, behind, ...rest }) => {
    const usual = rest.server === 'slow' ? slow : chat
    return {
      ...rest,
      body: bodyOf({ ask, repeat, body } as Asked, usual),
      ...(behind && { behind: bodyOf(behind, usual) }),
    }
  },
)
