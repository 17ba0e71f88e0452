#!/usr/bin/env python3
"""How far a model of texts that thaw-cli exported for Python is from thaw-cli itself.

Asks `thaw-cli predict` and the exported script for the same 100 texts, the first of WordNet's definitions, and prints the largest
difference of log-probabilities. Saves the network for transformers and reads it back. Needs Python 3 with torch and transformers.

    check_text_export.py build/release/bin/thaw-cli RUN
"""
import json
import pathlib
import runpy
import subprocess
import sys
import tempfile

import torch
import transformers

program, run = sys.argv[1:3]
table = pathlib.Path(__file__).parents[2] / "resources/texts/wordnet-glosses.tsv"
texts = [max(line.split("\t"), key=len) for line in table.read_text().split("\n")[1:101]]
answer = subprocess.run([program, "predict", "--run", run, "--json", "--text", *texts], check=True, stdout=subprocess.PIPE).stdout
with tempfile.TemporaryDirectory() as folder:
    script = pathlib.Path(folder) / "model.py"
    subprocess.run([program, "export", "--run", run, "--format", "python", "--out", script], check=True)
    exported = runpy.run_path(str(script))
    exported["save"](folder)
    saved = transformers.AutoModel.from_pretrained(folder)
    same = all(torch.equal(a, b) for a, b in zip(saved.state_dict().values(), exported["model"].state_dict().values()))
worst = 0.0
for text, row in zip(texts, json.loads(answer)):
    theirs = torch.as_tensor(exported["logits"]([text])[0]).log_softmax(0)
    worst = max(worst, float((torch.tensor(row["probabilities"]).log() - theirs).abs().max()))
print(f"{len(texts)} texts, largest difference of log-probabilities {worst:.1e}; transformers reads "
      f"{'the same numbers' if same else 'OTHER NUMBERS'} back")
