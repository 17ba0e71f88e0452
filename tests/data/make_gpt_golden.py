#!/usr/bin/env python3
"""Makes gpt_golden.json: what transformers' GPT2LMHeadModel computes, for the test that Thaw's networks equal it.

    python3 -m venv --system-site-packages /tmp/gpt && /tmp/gpt/bin/pip install transformers==4.40.2 tokenizers==0.19.1
    /tmp/gpt/bin/python tests/data/make_gpt_golden.py

Needs numpy and torch beside (Debian: python3-numpy, python3-torch 1.13.1). The networks have the seeded weights of zoo_golden.py,
drawn in Thaw's shapes: of dense layers {units, inputs}, which transformers holds the other way round. All is computed in float64,
without dropout.

    state        {"gpt2": [[name, shape]...], ...} of the networks in full size, in transformers' shapes, without the masks
    case         {shape, rows, tokens, hidden, logits, loss, gradients}
        shape    of a small network: layers, width, heads, vocabulary, places
        rows     texts of `tokens` tokens; the ids of text r are floor(u("ids", r * 64 + i) * vocabulary), and of each token the next
                 one is the id at its place + 1
        hidden   [[L2 norm, p0, p1, p2]...] after the embeddings, after each block but the last, and after the last norm, as
                 zoo_golden.py sees tensors: "hidden.K" of [rows, tokens, width]
        logits   the same of the scores of the whole vocabulary, "logits"
        loss     mean over all tokens
        gradients {name: [...]} of the loss, in Thaw's shapes
    continued    {shape, prompt, ids}: the 200 tokens that the small network thinks likeliest one after the other
"""

import json
import pathlib

import numpy as np
import torch
import transformers
from zoo_golden import check_drawing, draw_u, project, rounded, seed_entry

OUT = pathlib.Path(__file__).with_name("gpt_golden.json")
FULL = {"gpt2": {"layers": 12, "width": 768, "heads": 12, "vocabulary": 50257, "places": 1024}}
FULL["distilgpt2"] = dict(FULL["gpt2"], layers=6)
SMALL = {"layers": 3, "width": 24, "heads": 4, "vocabulary": 97, "places": 32}
WRITER = {"layers": 2, "width": 24, "heads": 4, "vocabulary": 50257, "places": 256}
ROWS, TOKENS, CONTINUED = 3, 31, 200
PROMPT = [1026, 318, 257, 3872, 26208, 10810]  # "It is a truth universally acknowledged"


def build(shape):
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=shape["vocabulary"], n_positions=shape["places"], n_embd=shape["width"], n_layer=shape["layers"],
        n_head=shape["heads"])).eval()


def is_conv1d(name):
    return name.startswith("h.") and name.endswith("weight") and ".ln_" not in name


def state_of(model):
    return {name: values for name, values in model.transformer.state_dict().items()
            if not name.endswith((".attn.bias", ".attn.masked_bias"))}


def seeded(shape):
    model = build(shape)
    for name, values in state_of(model).items():
        own = tuple(reversed(values.shape)) if is_conv1d(name) else tuple(values.shape)
        numbers = torch.from_numpy(np.array(seed_entry(name, own)))
        values.copy_(numbers.t() if is_conv1d(name) else numbers)
    return model.double()


def compute(shape):
    model = seeded(shape)
    ids = torch.stack([torch.from_numpy(np.floor(draw_u("ids", row * 64, row * 64 + TOKENS + 1) * shape["vocabulary"]).astype(np.int64))
                       for row in range(ROWS)])
    answer = model(input_ids=ids[:, :-1], output_hidden_states=True)
    loss = torch.nn.functional.cross_entropy(answer.logits.reshape(-1, shape["vocabulary"]), ids[:, 1:].reshape(-1))
    loss.backward()
    gradients = {name: values.grad.t() if is_conv1d(name) else values.grad for name, values in model.transformer.named_parameters()}
    return {"shape": shape, "rows": ROWS, "tokens": TOKENS,
            "hidden": [project(f"hidden.{k}", state.detach().numpy()) for k, state in enumerate(answer.hidden_states)],
            "logits": project("logits", answer.logits.detach().numpy()), "loss": loss.item(),
            "gradients": {name: project(name, np.ascontiguousarray(values.numpy())) for name, values in gradients.items()}}


def continued(shape):
    with torch.no_grad():
        ids = seeded(shape).generate(torch.tensor([PROMPT]), max_new_tokens=CONTINUED, min_new_tokens=CONTINUED, do_sample=False,
                                     pad_token_id=50256)
    return {"shape": shape, "prompt": PROMPT, "ids": ids[0, len(PROMPT):].tolist()}


def main():
    check_drawing()
    state = {name: [[entry, list(values.shape)] for entry, values in state_of(build(shape)).items()] for name, shape in FULL.items()}
    text = {"transformers": transformers.__version__, "torch": torch.__version__, "state": state, "case": rounded(compute(SMALL)),
            "continued": continued(WRITER)}
    OUT.write_text(json.dumps(text, separators=(",", ":")).replace(',"case"', ',\n"case"').replace(',"continued"', ',\n"continued"') + "\n")
    print(f"{OUT}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
