// As much of these packages, which bring no types, as is called here.

declare module 'koa-sse-stream' {
  import type { Middleware } from 'koa'
  export default function sse(options: { pingInterval: number }): Middleware
}

declare module 'sse-channel' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  export default class SseChannel {
    addClient(request: IncomingMessage, response: ServerResponse): void
    send(event: object): void
    close(): void
  }
}

declare module 'sse-pubsub' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  export default class Channel {
    constructor(options: { pingInterval: number; maxStreamDuration: number })
    subscribe(request: IncomingMessage, response: ServerResponse): void
    publish(data: string | undefined, event: string | undefined): void
    close(): void
  }
}

declare module 'susie/lib/utils.js' {
  export function stringifyEvent(event: object): string
}

declare module 'launchdarkly-eventsource' {
  export class EventSource {
    static readonly CLOSED: number
    constructor(url: string, options: object)
    readonly readyState: number
    addEventListener(type: string, listener: (event: { readonly data: string }) => void): void
    close(): void
  }
}
