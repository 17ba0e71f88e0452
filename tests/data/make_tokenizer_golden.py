#!/usr/bin/env python3
"""Makes tokenizer_golden.json: texts in hexadecimal and their ids by Hugging Face's tokenizers (PyPI, 0.23.3), for
tst_tokenizer. Run from this folder; the tokenisers are those that tests/bench/check_tokenizer.py builds of resources/words."""

import json
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import check_tokenizer as check

# Letters that Unicode has had since long before either library's tables were made.
SCRIPTS = [range(0x20, 0x7F), range(0xA1, 0x180), range(0x300, 0x345), range(0x391, 0x3CA), range(0x410, 0x450), range(0x5D0, 0x5EB),
           range(0x621, 0x64B), range(0x905, 0x93A), range(0xE01, 0xE31), range(0x3041, 0x3097), range(0x4E00, 0x4F00),
           range(0xAC00, 0xAC80), range(0x1F600, 0x1F640), range(1, 0x20)]
WRITTEN = ["", " ", "Hello, world!", "It's a naïve café; don't worry.", "[CLS] is [MASK] [mask]", "<|endoftext|>a<|endoftext|>",
           "unaffable", "x" * 100, "x" * 101, "ä" * 100, "ä" * 101, "中文字符 and 日本語", "한국어 문장", "नमस्ते दुनिया", "สวัสดี",
           "👩‍🔬👍🏽🇩🇪", "e\u0301\u0327\u0323", "İstanbul ıI", "a\u0000b\ufffdc", "tabs\tand\u00a0spaces\u3000here  ", "   three", "'s 'S we'll",
           "$ + < = > ^ ` | ~ © ™ № ½ ²", "12345 ٣٤٥", "KÄSE käse Ka\u0308se", "ﬁ ﬂ Å", "a\u200bb\ufeffc\u00add", "New-Token new-token Thaw"]


def main():
    dice = random.Random(1)
    letters = [chr(code) for script in SCRIPTS for code in script if code not in (10, 13)]
    running = " ".join(WRITTEN).split()
    lines = [text.encode() for text in WRITTEN] + check.draw_lines(300, letters, running, dice)
    with tempfile.TemporaryDirectory() as folder:
        found = check.tokenisers(pathlib.Path(folder))
        golden = [{"text": line.hex(), **{name: found[name][0].encode(line.decode(errors="replace")).ids for name in ("minilm", "gpt2")}}
                  for line in lines if len(line) < 400]
    with open("tokenizer_golden.json", "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in golden) + "\n]\n")


if __name__ == "__main__":
    main()
