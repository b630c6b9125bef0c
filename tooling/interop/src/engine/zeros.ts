// A model whose weights are all zero, for a server that is slow and otherwise dull: it says the same character for
// ever. Its file is a hole of 337 MB with a header of 12 KB, so making it takes no time and hardly any room.

import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'

/** What the model is made of; more of anything makes it slower. */
export interface ZerosShape {
  readonly layers: number
  readonly width: number
  readonly context: number
}

/** 168 million parameters: 16 ms for a token, and as much for one of the prompt, on one core of a server of 2024. */
export const SLOW: ZerosShape = { layers: 10, width: 1024, context: 4096 }

const ALIGNMENT = 32
const HEADS = 16
const F32 = 0
const F16 = 1

/** Writes the model as a GGUF file of the llama architecture, with one token for each byte. */
export function writeZerosModel(file: string, { layers, width, context }: ZerosShape = SLOW): void {
  const tokens = [...byteCharacters(), '<s>', '</s>']
  const [start, end] = [256, 257]
  const metadata = [
    text('general.architecture', 'llama'),
    text('general.name', 'zeros'),
    number('general.alignment', ALIGNMENT),
    number('llama.context_length', context),
    number('llama.embedding_length', width),
    number('llama.block_count', layers),
    number('llama.feed_forward_length', 4 * width),
    number('llama.attention.head_count', HEADS),
    number('llama.attention.head_count_kv', HEADS),
    fraction('llama.attention.layer_norm_rms_epsilon', 1e-5),
    number('llama.rope.dimension_count', width / HEADS),
    number('llama.vocab_size', tokens.length),
    text('tokenizer.ggml.model', 'gpt2'),
    text('tokenizer.ggml.pre', 'gpt-2'),
    list('tokenizer.ggml.tokens', STRING, tokens.map(encoded)),
    // 1 is an ordinary token, 3 one of control.
    list(
      'tokenizer.ggml.token_type',
      INT32,
      tokens.map((_, id) => uint32(id < 256 ? 1 : 3)),
    ),
    list('tokenizer.ggml.merges', STRING, []),
    number('tokenizer.ggml.bos_token_id', start),
    number('tokenizer.ggml.eos_token_id', end),
    text(
      'tokenizer.chat_template',
      '{% for message in messages %}{{ message.content }}{% endfor %}',
    ),
  ]
  const tensors = tensorsOf({ layers, width, context }, tokens.length)
  let offset = 0
  const table = tensors.map(({ name, shape, type }) => {
    const entry = [
      encoded(name),
      uint32(shape.length),
      ...shape.map(uint64),
      uint32(type),
      uint64(offset),
    ]
    const size = shape.reduce((product, length) => product * length) * (type === F16 ? 2 : 4)
    offset += Math.ceil(size / ALIGNMENT) * ALIGNMENT
    return Buffer.concat(entry)
  })
  const counts = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(metadata.length)]
  const header = Buffer.concat([...counts, ...metadata, ...table])
  mkdirSync(path.dirname(file), { recursive: true })
  const handle = openSync(file, 'w')
  writeSync(handle, header)
  ftruncateSync(handle, Math.ceil(header.length / ALIGNMENT) * ALIGNMENT + offset)
  closeSync(handle)
}

interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: number
}

function tensorsOf({ layers, width }: ZerosShape, vocabulary: number): Tensor[] {
  const matrix = (name: string, rows: number, columns = width): Tensor => ({
    name: `${name}.weight`,
    shape: [columns, rows],
    type: F16,
  })
  const vector = (name: string): Tensor => ({ name: `${name}.weight`, shape: [width], type: F32 })
  const blocks = Array.from({ length: layers }, (_, block) => [
    vector(`blk.${block}.attn_norm`),
    ...['q', 'k', 'v', 'output'].map((part) => matrix(`blk.${block}.attn_${part}`, width)),
    vector(`blk.${block}.ffn_norm`),
    matrix(`blk.${block}.ffn_gate`, 4 * width),
    matrix(`blk.${block}.ffn_up`, 4 * width),
    matrix(`blk.${block}.ffn_down`, width, 4 * width),
  ])
  return [
    matrix('token_embd', vocabulary),
    vector('output_norm'),
    matrix('output', vocabulary),
    ...blocks.flat(),
  ]
}

/** The characters by which byte-level vocabularies name the 256 bytes: printable ones stand for themselves. */
function byteCharacters(): string[] {
  let spare = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    return String.fromCodePoint(printable ? byte : spare++)
  })
}

// Metadata: a key, the number of a type, a value.

const UINT32 = 4
const INT32 = 5
const FLOAT32 = 6
const STRING = 8
const ARRAY = 9

function text(key: string, value: string): Buffer {
  return Buffer.concat([encoded(key), uint32(STRING), encoded(value)])
}

function number(key: string, value: number): Buffer {
  return Buffer.concat([encoded(key), uint32(UINT32), uint32(value)])
}

function fraction(key: string, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([encoded(key), uint32(FLOAT32), bytes])
}

function list(key: string, type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([encoded(key), uint32(ARRAY), uint32(type), uint64(items.length), ...items])
}

function encoded(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
