import type { EventStream, EventStreamOptions, StreamSource } from '../types.ts'
import type { StreamRequest } from './admission.ts'
import { Handle } from './handle.ts'
import { isOpenable, pump } from './pump.ts'
import { ResponseStream } from './response-stream.ts'
import type { Transport } from './transport.ts'

/** Begins a stream that is fed from a source. An error before anything was sent goes to `reject`. */
export function feed(
  source: unknown,
  transport: Transport,
  request: StreamRequest,
  options: EventStreamOptions,
  reject: (error: unknown) => void,
): Handle {
  const stream = new ResponseStream(transport, options, reject)
  const handle = new Handle(stream, stream.start(request, isOpenable(source)))
  void pump(stream, source as StreamSource<never>, handle as EventStream<never>)
  return handle
}

/** Begins a stream as an object. Throws an error of the beginning; later ones go to `onError`. */
export function open(
  transport: Transport,
  request: StreamRequest,
  options: EventStreamOptions,
): [ResponseStream, Handle] {
  const faults: unknown[] = []
  const stream = new ResponseStream(transport, options, (error) => void faults.push(error))
  const handle = new Handle(stream, stream.start(request, false))
  if (faults.length > 0) throw faults[0]
  stream.detach()
  return [stream, handle]
}
