import { byteByByte, everyCut } from '@tesserae/testkit'
import { type Vector, vectors } from '@tesserae/testkit/vectors'
import { within } from '../within.ts'
import type { ParserPeer } from './peer.ts'
import { type Fault, compare } from './compare.ts'

export interface ParserResult {
  readonly takes: 'bytes' | 'text'
  readonly note?: string
  readonly vectors: number
  /** How many are right in one piece; at each cut in two and byte by byte as well. */
  readonly whole: number
  readonly everyCut: number
  /** Of each vector that is not right, how it first went wrong. */
  readonly wrong: Readonly<Record<string, { readonly in: string; readonly fault: string }>>
}

export async function runPeer(peer: ParserPeer): Promise<ParserResult> {
  const wrong: Record<string, { in: string; fault: string }> = {}
  for (const vector of vectors) {
    const first = await firstFault(peer, vector)
    if (first !== undefined) wrong[vector.name] = first
  }
  const faults = Object.values(wrong)
  return {
    takes: peer.takes,
    ...(peer.note !== undefined && { note: peer.note }),
    vectors: vectors.length,
    whole: vectors.length - faults.filter((fault) => fault.in === 'one piece').length,
    everyCut: vectors.length - faults.length,
    wrong,
  }
}

async function firstFault(
  peer: ParserPeer,
  vector: Vector,
): Promise<{ in: string; fault: string } | undefined> {
  const ways = [
    { name: 'one piece', chunks: [vector.bytes] },
    { name: 'single bytes', chunks: byteByByte(vector.bytes) },
    ...everyCut(vector.bytes),
  ]
  for (const { name, chunks } of ways) {
    const fault = await faultOf(peer, vector, chunks)
    if (fault !== undefined) return { in: name, fault }
  }
  return undefined
}

async function faultOf(
  peer: ParserPeer,
  vector: Vector,
  chunks: readonly Uint8Array[],
): Promise<Fault | 'throws' | 'hangs' | undefined> {
  try {
    const found = await within(2000, peer.read(chunks))
    return found === undefined ? 'hangs' : compare(peer, vector, found)
  } catch {
    return 'throws'
  }
}
