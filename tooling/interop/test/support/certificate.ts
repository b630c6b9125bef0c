import { execFileSync } from 'node:child_process'

let made: { key: string; cert: string } | undefined

/** A certificate for 127.0.0.1, for as long as the process lives. */
export function certificate(): { key: string; cert: string } {
  if (made) return made
  const args =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -keyout - -out -'
  const pem = execFileSync('openssl', args.split(' '), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const part = (label: string): string => {
    const [text] =
      new RegExp(`-----BEGIN ${label}-----[^]*?-----END ${label}-----\n`).exec(pem) ?? []
    if (text === undefined) throw new Error(`openssl made no ${label}.`)
    return text
  }
  return (made = { key: part('PRIVATE KEY'), cert: part('CERTIFICATE') })
}
