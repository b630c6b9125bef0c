// Loaded before a program of another project. Whatever port it asks for, it gets a free port of
// 127.0.0.1, and sends its address to its parent; it ends when its parent does; and it finds no other machine by name.
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { Server, type AddressInfo } from 'node:net'

const listen = Server.prototype.listen
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const callback = args.findLast((arg) => typeof arg === 'function')
  return listen.call(this, { port: 0, host: '127.0.0.1' }, () => {
    process.send?.({ url: `http://127.0.0.1:${(this.address() as AddressInfo).port}` })
    callback?.call(this)
  })
} as typeof listen

process.on('disconnect', () => process.exit())

const lookup = dns.lookup
dns.lookup = ((name: string, ...rest: unknown[]) => {
  const callback = rest.at(-1) as (error: Error) => void
  if (name !== 'localhost' && name !== '127.0.0.1')
    return void setImmediate(callback, new Error(`${name} is not asked: this is a test.`))
  return (lookup as (...args: unknown[]) => void)(name, ...rest)
}) as typeof lookup
syncBuiltinESMExports()
