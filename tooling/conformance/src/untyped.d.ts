// These packages bring no types.
declare module 'koa-sse-stream'
declare module 'launchdarkly-eventsource'
declare module 'sse-channel'
declare module 'sse-pubsub'
declare module 'susie/lib/utils.js'
