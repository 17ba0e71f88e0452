#!/usr/bin/env python3
"""Makes Thaw's built-in texts, resources/texts/wordnet-glosses.tsv, out of WordNet 3.0.

    packaging/make_texts.py [--wordnet FOLDER] [--output FILE]

Needs Python 3.8 and the nouns of WordNet (Debian: wordnet-base 1:3.0-37, /usr/share/wordnet/data.noun), whose SHA-256 is checked. Of
each kind of thing below, 1,200 definitions are taken: those whose SHA-256 comes first, of at least three words and without their
examples. Definitions that two kinds have are left out, and those with words that should not greet anybody (UNWANTED). Every fifth of a kind tests. The same input gives the same bytes.
"""

import argparse
import collections
import csv
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOUNS_SHA256 = "fea17d2f9656611334eac790e5d69e47645fa180c4aa481fb4cd9b3520754ca2"
# Numbers of WordNet's lexicographer files, man lexnames.
KINDS = {4: "act", 5: "animal", 6: "artifact", 8: "body", 10: "communication", 13: "food", 15: "location", 18: "person", 20: "plant",
         27: "substance"}
UNWANTED = re.compile(r"\b(slur|offensive|obscen|vulgar|derogat|disparag|contemptuous|sex|prostitut|porn|genital|penis|vagina)")
EACH, LEAST_WORDS, TESTS = 1200, 3, 5


def definitions(lines):
    """(kind, definition) of all nouns. A line ends in "| definition; "example"; "example"". The first lines are the licence."""
    for line in lines:
        if not line.startswith("  "):
            facts, gloss = line.rstrip("\n").split(" | ", 1)
            yield KINDS.get(int(facts.split(" ")[1])), gloss.split('; "')[0].strip()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description="Makes Thaw's built-in texts.")
    parser.add_argument("--wordnet", metavar="FOLDER", type=pathlib.Path, default=pathlib.Path("/usr/share/wordnet"))
    parser.add_argument("--output", metavar="FILE", type=pathlib.Path, default=ROOT / "resources/texts/wordnet-glosses.tsv")
    arguments = parser.parse_args()
    data = (arguments.wordnet / "data.noun").read_bytes()
    if hashlib.sha256(data).hexdigest() != NOUNS_SHA256:
        sys.exit(f"{arguments.wordnet / 'data.noun'} is not WordNet 3.0's")
    kinds = collections.defaultdict(set)
    for kind, text in definitions(data.decode("ascii").splitlines()):
        kinds[text].add(kind)
    texts = collections.defaultdict(list)
    for text in sorted(kinds, key=digest):
        if len(kinds[text]) == 1 and len(text.split()) >= LEAST_WORDS and not UNWANTED.search(text):
            texts[kinds[text].pop()].append(text)
    rows = [(text, kind, "test" if place % TESTS == 0 else "train")
            for kind in KINDS.values() for place, text in enumerate(texts[kind][:EACH])]
    assert len(rows) == EACH * len(KINDS)
    rows.sort(key=lambda row: digest(row[0]))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with open(arguments.output, "w", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(("text", "kind", "split"))
        writer.writerows(rows)
    written = arguments.output.read_bytes()
    print(f"{arguments.output}: {len(written)} bytes, sha256 {hashlib.sha256(written).hexdigest()}")


if __name__ == "__main__":
    main()
