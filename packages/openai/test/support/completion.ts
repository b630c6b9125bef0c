import type { ChatCompletion } from '@tesserae/openai/schema'

/** A completion with one choice. */
export const completionOf = (
  message: object,
  choice: object = {},
  beside: object = {},
): ChatCompletion =>
  ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, ...message },
        logprobs: null,
        finish_reason: 'stop',
        ...choice,
      },
    ],
    ...beside,
  }) as ChatCompletion
