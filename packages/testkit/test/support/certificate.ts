import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate for `localhost` that signs itself, good for an hour, with its key: both in PEM, neither ever stored. */
export function selfSigned(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const ecdsaWithSha256 = sequence(objectId(1, 2, 840, 10045, 4, 3, 2))
  const name = sequence(set(sequence(objectId(2, 5, 4, 3), der(0x0c, Buffer.from('localhost')))))
  const time = (ms: number): Buffer =>
    der(
      0x17,
      Buffer.from(
        new Date(ms)
          .toISOString()
          .replaceAll(/[-:T]|\.\d+/g, '')
          .slice(2),
      ),
    )
  const alternativeName = sequence(
    objectId(2, 5, 29, 17),
    der(0x04, sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)))),
  )
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - 3_600_000), time(Date.now() + 3_600_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeName)),
  )
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', content, privateKey)])
  const lines = sequence(content, ecdsaWithSha256, der(0x03, signature))
    .toString('base64')
    .replaceAll(/.{64}/g, '$&\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

function sequence(...items: Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(items))
}

function set(...items: Uint8Array[]): Buffer {
  return der(0x31, Buffer.concat(items))
}

function objectId(first: number, second: number, ...rest: number[]): Buffer {
  const bytes = rest.flatMap((arc) => {
    const digits = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(0x06, Buffer.of(first * 40 + second, ...bytes))
}
