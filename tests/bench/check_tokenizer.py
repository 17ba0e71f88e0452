#!/usr/bin/env python3
"""Compares Thaw's tokenisers with Hugging Face's tokenizers, and both speeds on one core.

    tests/bench/check_tokenizer.py --cli build/release/bin/thaw-cli [--only NAME ...] [--lines 100000] [--speed-mb 20] [--text FILE ...]

Needs Python 3.9 and tokenizers from PyPI (tried with 0.23.3). First every code point is asked for by itself: where the two know
different versions of Unicode, they may differ, and the lines below use only those on which they agree. Then come drawn lines of
mixed scripts, emoji, controls, broken UTF-8, very long words, added tokens and running text. The ids must be equal. Speed: the
time of encode_batch on one core beside that of thaw-cli, the reading of the file and the printing of the ids included, the start of the program taken off. For running
text --text names files, for instance Debian's /usr/share/common-licenses/*; without them, words are drawn.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

WORDS = pathlib.Path(__file__).resolve().parent.parent.parent / "resources/words"


def wordpiece(vocabulary, **rules):
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(**rules)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[UNK]", "[SEP]", "[CLS]", "[PAD]", "[MASK]"])
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    return tokenizer


def byte_bpe(vocabulary, merges, space=False):
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=space)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


def tokenisers(folder):
    """Name: (tokenizers' object, what thaw-cli gets as --model)."""
    minilm = {line.rstrip(): i for i, line in enumerate((WORDS / "minilm/vocab.txt").open(encoding="utf-8"))}
    gpt2 = json.loads((WORDS / "gpt2/vocab.json").read_text(encoding="utf-8"))
    merges = [tuple(line.split()) for line in (WORDS / "gpt2/merges.txt").read_text(encoding="utf-8").splitlines()[1:]]
    cased = dict(minilm)
    for word in list(minilm)[2000:12000]:  # there is no cased vocabulary here: one with capitals is made
        cased.setdefault(word.capitalize(), len(cased))
    for letter in "ÄÖÜÉÈÀÇÑßäöüéèàçñİ":
        cased.setdefault(letter, len(cased))
        cased.setdefault("##" + letter, len(cased))
    found = {"minilm": (wordpiece(minilm), "minilm"), "gpt2": (byte_bpe(gpt2, merges), "gpt2")}
    made = {
        "cased": wordpiece(cased, lowercase=False),
        "lower case with accents": wordpiece(cased, lowercase=True, strip_accents=False),
        "without accents, cased": wordpiece(cased, lowercase=False, strip_accents=True),
        "not cleaned": wordpiece(minilm, clean_text=False, handle_chinese_chars=False),
        "gpt2 with a space before": byte_bpe(gpt2, merges, space=True),
    }
    made["cased"].add_tokens(["Thaw", AddedToken("New-Token", normalized=True)])
    made["without accents, cased"].add_tokens([AddedToken("Käse", normalized=True)])
    made["gpt2 with a space before"].add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("<end>", rstrip=True)])
    made["gpt2 with a space before"].post_processor = processors.RobertaProcessing(("<end>", 50258), ("<mask>", 50257))
    for name, tokenizer in made.items():
        file = folder / (name.replace(" ", "-") + ".json")
        tokenizer.save(str(file))
        found[name] = (tokenizer, str(file))
    return found


def run(cli, model, data, *more):
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(data)
        file.flush()
        done = subprocess.run([cli, "tokenize", "--model", model, *more, file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    return done.stdout


def ids_of(cli, model, lines):
    output = run(cli, model, b"".join(line + b"\n" for line in lines)).decode().split("\n")
    assert output.pop() == "" and len(output) == len(lines), (len(output), len(lines))
    return [[int(number) for number in line.split()] for line in output]


def expected(tokenizer, lines):
    return [encoding.ids for encoding in tokenizer.encode_batch([line.decode("utf-8", errors="replace") for line in lines])]


def agreed_letters(cli, found):
    """Code points on which all tokenisers agree, alone and between letters."""
    letters = [chr(code) for code in range(1, 0x110000) if code not in (10, 13) and not 0xD800 <= code < 0xE000]
    differing = set()
    for name, (tokenizer, model) in found.items():
        mine = set()
        for start in range(0, len(letters), 100_000):
            part = letters[start:start + 100_000]
            lines = [f"a{letter}b {letter} 1{letter}!{letter}A".encode() for letter in part]
            for letter, ours, theirs in zip(part, ids_of(cli, model, lines), expected(tokenizer, lines)):
                if ours != theirs:
                    mine.add(letter)
        print(f"{name}: {len(mine):,} of {len(letters):,} code points differ:",
              " ".join(f"{ord(letter):04X}" for letter in sorted(mine)[:8]))
        differing |= mine
    return [letter for letter in letters if letter not in differing]


def draw_lines(count, letters, running, random):
    scripts = [range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x370), range(0x370, 0x400), range(0x400, 0x500),
               range(0x590, 0x700), range(0x900, 0xE00), range(0xE00, 0xF00), range(0x10A0, 0x1200), range(0x1E00, 0x2000),
               range(0x2000, 0x2070), range(0x3000, 0x3100), range(0x4E00, 0x4F00), range(0xAC00, 0xAD00), range(0xF900, 0xFA00),
               range(0x1F300, 0x1F650), range(0x1D400, 0x1D500), range(0x20000, 0x20050), range(1, 0x20)]
    agreed = set(letters)
    scripts = [kept for kept in ([chr(code) for code in script if chr(code) in agreed] for script in scripts) if kept]
    specials = ["[MASK]", "[CLS]", "[UNK]x", "<|endoftext|>", "<mask>", " <mask> ", "<end>  ", "New-Token", "new-token", "Thaw",
                "Käse", "Ka\u0308se", "'s", "'LL", "can't", "don't", "[mask]", "\u0130stanbul", "e\u0301\u0327\u0323", "👩‍🔬", "🇩🇪", "👍🏽"]
    lines = []
    while len(lines) < count:
        kind = random.random()
        if kind < 0.35:
            text = " ".join(random.choice(running) for _ in range(random.randint(1, 30)))
        elif kind < 0.65:
            text = ""
            for _ in range(random.randint(1, 12)):
                script = random.choice(scripts)
                text += "".join(random.choice(script) for _ in range(random.randint(1, 10))) + random.choice(["", " ", "  ", "\t", "\u3000"])
        elif kind < 0.75:
            text = "".join(random.choice(letters) for _ in range(random.randint(0, 60)))
        elif kind < 0.9:
            text = "".join(random.choice(specials + running[:50] + [" ", "  ", "."]) for _ in range(random.randint(1, 15)))
        elif kind < 0.93:
            text = random.choice("aä中💧") * random.randint(90, 3000) + random.choice(["", " end"])
        else:
            text = random.choice(running) + "".join(random.choice("0123456789.,:;-+=$^`|~'\"()[]{}/\\ ") for _ in range(random.randint(1, 50)))
        line = text.encode()
        if random.random() < 0.1:
            broken = bytearray(line)
            for _ in range(random.randint(1, 5)):
                broken.insert(random.randrange(len(broken) + 1), random.choice([0x80, 0xBF, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0xFF]))
            line = bytes(broken)
        line = line.replace(b"\n", b" ").replace(b"\r", b" ")
        if not set(line.decode("utf-8", errors="replace")) - agreed - {"\ufffd"} and not line.startswith(b"\xEF\xBB\xBF"):
            lines.append(line)
    return lines


def compare(name, cli, tokenizer, model, lines):
    wrong = [(line, ours, theirs) for line, ours, theirs in zip(lines, ids_of(cli, model, lines), expected(tokenizer, lines))
             if ours != theirs]
    print(f"{name}: {len(lines):,} lines, {len(wrong):,} differ")
    for line, ours, theirs in wrong[:3]:
        print("  ", ascii(line[:200]), ours[:40], theirs[:40], sep="\n   ")
    return len(wrong)


def seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure(cli, tokenizer, model, name, text):
    lines = text.decode("utf-8", errors="replace").split("\n")
    theirs = min(seconds(lambda: tokenizer.encode_batch(lines)) for _ in range(2))
    ours = min(seconds(lambda: run(cli, model, text)) for _ in range(5)) - min(seconds(lambda: run(cli, model, b"a")) for _ in range(5))
    mb = len(text) / 1e6
    print(f"{name}: {mb:.1f} MB, encode_batch {mb / theirs:.2f} MB/s, thaw-cli {mb / ours:.1f} MB/s, {theirs / ours:.1f} times as fast")


def running_words(files):
    if files:
        return b"\n".join(file.read_bytes() for file in files)
    vocabulary = [word for word in (WORDS / "minilm/vocab.txt").read_text(encoding="utf-8").split()[2000:] if word.isascii()]
    dice = random.Random(2)
    return "\n".join(" ".join(dice.choice(vocabulary).replace("##", "") for _ in range(12)) for _ in range(20_000)).encode()


def main():
    parser = argparse.ArgumentParser(description="Compares Thaw's tokenisers with Hugging Face's.")
    parser.add_argument("--cli", required=True)
    parser.add_argument("--only", metavar="NAME", nargs="+", help="tokenisers to compare: minilm, gpt2, cased, ... (all)")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--speed-mb", type=float, default=20, help="size of the text whose speed is measured; 0: none")
    parser.add_argument("--text", type=pathlib.Path, nargs="+", default=[])
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("tokenizers", tokenizers.__version__)
    text = running_words(arguments.text)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        found = {name: both for name, both in tokenisers(pathlib.Path(folder)).items()
                 if not arguments.only or name in arguments.only}
        if arguments.lines:
            letters = agreed_letters(arguments.cli, found)
            words = text.decode("utf-8", errors="replace").split()[:100_000]
            lines = draw_lines(arguments.lines, letters, words, random.Random(arguments.seed))
            for name, (tokenizer, model) in found.items():
                wrong += compare(name, arguments.cli, tokenizer, model, lines)
        if arguments.speed_mb:
            once = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {max(once)})
            repeated = (text * (int(arguments.speed_mb * 1e6 / len(text)) + 1))[:int(arguments.speed_mb * 1e6)]
            for name in {"minilm", "gpt2"} & set(found):
                measure(arguments.cli, *found[name], name, repeated)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
