"""Trains tiny-chat: a llama of 294,000 parameters that learns dialogues.json by heart.

    python3 train.py OUT            writes OUT/tiny-chat.gguf, and OUT/hf for transformers
    llama-quantize OUT/tiny-chat.gguf tiny-chat-q8_0.gguf q8_0

Needs torch, transformers, tokenizers and gguf (Debian: python3-torch, python3-transformers, python3-gguf).
STEPS, in the environment, limits the training.
"""

import json
import os
import sys
from pathlib import Path

import gguf
import numpy
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

HERE = Path(__file__).parent
OUT = Path(sys.argv[1])
STEPS = int(os.environ.get("STEPS", "900"))

CONTEXT = 2048
WIDTH = 96
FEED_FORWARD = 192
LAYERS = 3
HEADS = 4
KEY_VALUE_HEADS = 2
ROPE_BASE = 10000.0
NORM_EPSILON = 1e-5

# No special tokens to the tokenizer, so that they are part of what a client is sent, or parsed by the engine.
MARKS = ["<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def make_tokenizer(dialogues, template):
    """Byte-level BPE. Only ASCII answers are learnt from, so that other scripts split into bytes: on purpose."""
    texts = [d["answer"] for d in dialogues if d["answer"].isascii()]
    texts += [m["content"] for d in dialogues for m in d["messages"] if m.get("content")]
    texts += ["system user assistant Tools: get_weather get_time save_note To call one, write NAME"]
    base = Tokenizer(models.BPE())
    base.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    base.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=560, min_frequency=2, initial_alphabet=alphabet, show_progress=False)
    base.train_from_iterator(texts, trainer)
    base.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    base.add_tokens([AddedToken(t, special=False, normalized=False) for t in MARKS])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=base,
        bos_token="<|endoftext|>",
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
        model_max_length=CONTEXT,
    )
    tokenizer.chat_template = template
    return tokenizer


def encode(tokenizer, dialogue):
    """The prompt as the template writes it, and the answer with its end."""
    prompt = tokenizer.apply_chat_template(
        dialogue["messages"], tools=dialogue["tools"], add_generation_prompt=True, tokenize=False
    )
    ask = tokenizer.encode(prompt, add_special_tokens=False)
    say = tokenizer.encode(dialogue["answer"] + "<|im_end|>", add_special_tokens=False)
    return ask, say


def make_model(tokenizer):
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            intermediate_size=FEED_FORWARD,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            num_key_value_heads=KEY_VALUE_HEADS,
            max_position_embeddings=CONTEXT,
            rms_norm_eps=NORM_EPSILON,
            rope_theta=ROPE_BASE,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            attention_bias=False,
            mlp_bias=False,
        )
    )


def train(model, pairs, padding):
    """All dialogues in one batch, each from position 0 as a server has it; only the answers count."""
    longest = max(len(ask) + len(say) for ask, say in pairs)
    ids = torch.full((len(pairs), longest), padding)
    labels = torch.full((len(pairs), longest), -100)
    mask = torch.zeros((len(pairs), longest), dtype=torch.long)
    for row, (ask, say) in enumerate(pairs):
        end = len(ask) + len(say)
        ids[row, :end] = torch.tensor(ask + say)
        labels[row, len(ask):end] = torch.tensor(say)
        mask[row, :end] = 1
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS, pct_start=0.1)
    model.train()
    for step in range(STEPS):
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0 or step == STEPS - 1:
            print(f"step {step}, loss {loss.item():.5f}", flush=True)
        if loss.item() < 2e-4 and step > 200:
            break


def count_wrong(model, tokenizer, dialogues, pairs):
    model.eval()
    wrong = 0
    for dialogue, (ask, _) in zip(dialogues, pairs):
        said = model.generate(torch.tensor([ask]), max_new_tokens=400, do_sample=False)[0, len(ask):].tolist()
        if tokenizer.decode(said).replace("<|im_end|>", "") != dialogue["answer"]:
            wrong += 1
            print("differs:", dialogue["messages"][-1]["content"])
    return wrong


def interleaved(matrix, heads):
    """llama.cpp pairs neighbouring rows for the rotation, transformers the two halves of a head."""
    half = matrix.shape[0] // heads // 2
    return matrix.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(matrix.shape)


def write_gguf(path, model, tokenizer, template):
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tiny-chat")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_VALUE_HEADS)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_vocab_size(len(tokenizer))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)

    saved = json.loads(tokenizer.backend_tokenizer.to_str())
    added = {token["id"]: token for token in saved["added_tokens"]}
    names = {number: name for name, number in tokenizer.get_vocab().items()}
    # 1 is an ordinary token, 3 one of control, 4 one that was added and is none of control.
    kinds = [3 if i in added and added[i]["special"] else 4 if i in added else 1 for i in range(len(tokenizer))]
    merges = saved["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([names[i] for i in range(len(tokenizer))])
    writer.add_token_types(kinds)
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_bos_token_id(tokenizer.bos_token_id)
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    writer.add_add_bos_token(False)
    writer.add_chat_template(template)

    state = {name: tensor.float().numpy() for name, tensor in model.state_dict().items()}
    writer.add_tensor("token_embd.weight", state["model.embed_tokens.weight"])
    writer.add_tensor("output_norm.weight", state["model.norm.weight"])
    parts = {
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
    }
    rotated = {"attn_q": HEADS, "attn_k": KEY_VALUE_HEADS}
    for layer in range(LAYERS):
        for theirs, ours in parts.items():
            tensor = state[f"model.layers.{layer}.{theirs}.weight"]
            if ours in rotated:
                tensor = interleaved(tensor, rotated[ours])
            writer.add_tensor(f"blk.{layer}.{ours}.weight", numpy.ascontiguousarray(tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    torch.manual_seed(7)
    torch.set_num_threads(2)
    dialogues = json.loads((HERE / "dialogues.json").read_text(encoding="utf-8"))
    template = (HERE / "template.jinja").read_text(encoding="utf-8")
    tokenizer = make_tokenizer(dialogues, template)
    pairs = [encode(tokenizer, dialogue) for dialogue in dialogues]
    model = make_model(tokenizer)
    print(f"{len(dialogues)} dialogues, {len(tokenizer)} tokens, {sum(p.numel() for p in model.parameters())} parameters")
    train(model, pairs, tokenizer.pad_token_id)
    print(f"{count_wrong(model, tokenizer, dialogues, pairs)} of {len(dialogues)} wrong")
    OUT.mkdir(parents=True, exist_ok=True)
    write_gguf(OUT / "tiny-chat.gguf", model, tokenizer, template)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(OUT / "hf")
    tokenizer.save_pretrained(OUT / "hf")


main()
