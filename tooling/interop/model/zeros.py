"""Makes zeros.gguf: the header of a model whose weights are all zero. Needs gguf.

It is for a server that is slow and otherwise dull: it says the same character for ever. The weights themselves are a hole that
`src/engine/zeros.ts` puts behind the header.
"""
from pathlib import Path

import gguf
import numpy

# 168 million parameters: 16 ms for a token, and as much for one of the prompt, on one core of a server of 2024.
LAYERS, WIDTH, HEADS = 10, 1024, 16


def bytes_as_characters():
    """Byte-level vocabularies name the 256 bytes by characters: printable ones stand for themselves."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def tensors(tokens):
    yield "token_embd", (tokens, WIDTH)
    yield "output_norm", (WIDTH,)
    yield "output", (tokens, WIDTH)
    for block in range(LAYERS):
        yield f"blk.{block}.attn_norm", (WIDTH,)
        for part in ("q", "k", "v", "output"):
            yield f"blk.{block}.attn_{part}", (WIDTH, WIDTH)
        yield f"blk.{block}.ffn_norm", (WIDTH,)
        yield f"blk.{block}.ffn_gate", (4 * WIDTH, WIDTH)
        yield f"blk.{block}.ffn_up", (4 * WIDTH, WIDTH)
        yield f"blk.{block}.ffn_down", (WIDTH, 4 * WIDTH)


def main():
    tokens = [*bytes_as_characters(), "<s>", "</s>"]
    writer = gguf.GGUFWriter(Path(__file__).with_name("zeros.gguf"), "llama")
    writer.add_name("zeros")
    writer.add_custom_alignment(32)
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(4 * WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    # 1 is an ordinary token, 3 one of control.
    writer.add_token_types([1] * 256 + [3] * 2)
    # There has to be one; this one never applies.
    writer.add_token_merges(["<s> </s>"])
    writer.add_bos_token_id(256)
    writer.add_eos_token_id(257)
    writer.add_chat_template("{% for message in messages %}{{ message.content }}{% endfor %}")
    for name, shape in tensors(len(tokens)):
        kind = gguf.GGMLQuantizationType.F32 if len(shape) == 1 else gguf.GGMLQuantizationType.F16
        size = 4 if len(shape) == 1 else 2
        for length in shape:
            size *= length
        writer.add_tensor_info(f"{name}.weight", shape, numpy.float32, size, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()


main()
