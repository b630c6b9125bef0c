/** Which server it was, for the provenance; nothing for one on this machine, which means nothing elsewhere. */
export function serverOf({ hostname, origin }: URL): { server?: string } {
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  return isHere ? {} : { server: origin }
}
