#!/usr/bin/env python3
"""Makes bert_golden.json: what transformers' BertModel and DistilBertModel compute, for the test that Thaw's networks equal them.

    python3 -m venv --system-site-packages /tmp/bert && /tmp/bert/bin/pip install transformers==4.40.2 tokenizers==0.19.1
    /tmp/bert/bin/python tests/data/make_bert_golden.py

Needs numpy and torch beside (Debian: python3-numpy, python3-torch 1.13.1). Small networks have the seeded weights of
zoo_golden.py; MiniLM has Thaw's built-in ones. All is computed in float64, without dropout.

    state        {"minilm": [[name, shape]...], ...} of the networks in full size, without the pooler and position_ids
    cases        [{name, shape, lengths, hidden, mean, gradients}]
        shape    of a small network: layers, width, heads, hidden, distilled, vocabulary, places; absent: the built-in MiniLM
        lengths  tokens of each text; text r has the ids floor(u("ids", r * 64 + i) * vocabulary), and padding, which is 0, behind
        hidden   [[L2 norm, p0, p1, p2]...] after the embeddings and after each layer, as zoo_golden.py sees tensors: "hidden.K"
                 of [texts, longest, width] with zeros for padding
        mean     the same of the mean of each text's tokens, "mean"
        gradients {name: [...]} of the sum of mean * v("loss", i)
"""

import json
import pathlib
import struct

import numpy as np
import torch
import transformers
from zoo_golden import check_drawing, draw_u, draw_v, fill, project, rounded, seed_entry

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = pathlib.Path(__file__).with_name("bert_golden.json")
MINILM = {"layers": 6, "width": 384, "heads": 12, "hidden": 1536, "distilled": False, "vocabulary": 30522, "places": 512}
BASE = dict(MINILM, layers=12, width=768, hidden=3072)
FULL = {"minilm": MINILM, "bert-base-uncased": BASE, "distilbert-base-uncased": dict(BASE, layers=6, distilled=True)}
SMALL = {"layers": 3, "width": 24, "heads": 4, "hidden": 40, "distilled": False, "vocabulary": 97, "places": 32}
CASES = [("small BERT", SMALL, [7, 12, 3]), ("small BERT without padding", SMALL, [9, 9]),
         ("small DistilBERT", dict(SMALL, distilled=True), [7, 12, 3]), ("MiniLM", None, [11, 24, 5])]


def build(shape):
    common = {"vocab_size": shape["vocabulary"], "max_position_embeddings": shape["places"]}
    if shape["distilled"]:
        return transformers.DistilBertModel(transformers.DistilBertConfig(
            **common, n_layers=shape["layers"], dim=shape["width"], n_heads=shape["heads"], hidden_dim=shape["hidden"]))
    return transformers.BertModel(transformers.BertConfig(
        **common, num_hidden_layers=shape["layers"], hidden_size=shape["width"], num_attention_heads=shape["heads"],
        intermediate_size=shape["hidden"]), add_pooling_layer=False)


def state_of(model):
    return {name: values for name, values in model.state_dict().items() if not name.endswith("position_ids")}


def built_in():
    """Thaw's own file, with its 8-bit kernels as the numbers that they stand for."""
    data = (ROOT / "resources/weights/minilm-sentences-int8.safetensors").read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header, types = json.loads(data[8:8 + length]), {"F32": np.float32, "I8": np.int8}
    values = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values[name] = np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
    return {name: array * values[name + "_scale"][:, None] if name + "_scale" in values else array
            for name, array in values.items() if not name.endswith("_scale")}


def compute(name, shape, lengths):
    model = build(shape or MINILM)
    numbers = None if shape else built_in()
    for entry, tensor in state_of(model).items():  # of state_dict(): without gradients
        tensor.copy_(torch.from_numpy(np.array(seed_entry(entry, tuple(tensor.shape)) if shape else numbers[entry])))
    model = model.double().eval()
    longest, vocabulary = max(lengths), (shape or MINILM)["vocabulary"]
    ids, mask = torch.zeros((len(lengths), longest), dtype=torch.int64), torch.zeros((len(lengths), longest), dtype=torch.float64)
    for row, count in enumerate(lengths):
        ids[row, :count] = torch.from_numpy(np.floor(draw_u("ids", row * 64, row * 64 + count) * vocabulary).astype(np.int64))
        mask[row, :count] = 1
    hidden = model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
    real = mask[:, :, None]
    mean = (hidden[-1] * real).sum(1) / real.sum(1)
    (mean * torch.from_numpy(fill("loss", tuple(mean.shape), draw_v)).double()).sum().backward()
    case = {"name": name, "lengths": lengths}
    if shape:
        case["shape"] = shape
    case["hidden"] = [project(f"hidden.{k}", (state * real).detach().numpy()) for k, state in enumerate(hidden)]
    case["mean"] = project("mean", mean.detach().numpy())
    case["gradients"] = {entry: project(entry, value.grad.numpy()) for entry, value in model.named_parameters()}
    return case


def main():
    check_drawing()
    state = {name: [[entry, list(values.shape)] for entry, values in state_of(build(shape)).items()]
             for name, shape in FULL.items()}
    cases = [compute(*case) for case in CASES]
    text = {"transformers": transformers.__version__, "torch": torch.__version__, "state": state, "cases": rounded(cases)}
    OUT.write_text(json.dumps(text, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
    print(f"{OUT}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
