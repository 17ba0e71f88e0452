#!/usr/bin/env python3
"""Writes a few small good files to begin with, a folder for each libFuzzer program of data sets: make_corpus.py FOLDER.

Needs Python 3 with numpy and Pillow.
"""
import gzip
import io
import json
import pathlib
import pickle
import struct
import sys
import tarfile
import zipfile

import numpy
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arrays(put):
    data = io.BytesIO()
    numpy.savez_compressed(data, train_images=numpy.zeros((3, 8, 8), numpy.uint8), train_labels=numpy.arange(3).reshape(3, 1),
                           test_images=numpy.zeros((2, 8, 8, 3), numpy.uint8), test_labels=numpy.ones((2, 1), numpy.int32))
    put("npz", b"n" + data.getvalue())
    data = io.BytesIO()
    numpy.save(data, numpy.zeros((4, 8, 8), numpy.uint8))
    header = data.getvalue()
    put("npy", b"y" + header[10 : 10 + struct.unpack("<H", header[8:10])[0]])
    put("idx-images", b"i" + struct.pack(">4B3I", 0, 0, 8, 3, 3, 4, 4) + bytes(48))
    put("idx-labels", b"i" + struct.pack(">4BI", 0, 0, 8, 1, 3) + bytes(3))
    put("idx-gzipped", b"i" + gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 3, 4, 4) + bytes(48)))
    records = numpy.zeros((2, 3072), numpy.uint8)
    for protocol in (0, 2, 3, 4):
        batch = {b"data": records, b"labels": [1, 2], b"batch_label": b"x", b"filenames": [b"a.png", b"b.png"]}
        put(f"cifar10-{protocol}", b"p" + pickle.dumps(batch, protocol))
        put(f"cifar100-{protocol}", b"p" + pickle.dumps({"data": records, "fine_labels": [1, 2], "coarse_labels": [0, 0]}, protocol))


def archives(put):
    for mode in ("w:", "w:gz", "w:bz2", "w:xz"):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode=mode) as archive:
            for name in ("a/1.png", "b/2.png", "c"):
                entry = tarfile.TarInfo(name)
                entry.size = 40
                archive.addfile(entry, io.BytesIO(bytes(40)))
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "../outside"
            archive.addfile(link)
        put("tar" + mode[1:].replace(":", "-"), data.getvalue())
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", kind) as archive:
            for name in ("a/1.png", "b/2.png", "../c"):
                archive.writestr(name, bytes(60))
        put(f"zip{kind}", data.getvalue())


def tables(put):
    put("labels", b"c" + b"id,label,split\na.png,cat,train\nb.png,dog,test\nc.png,cat,valid\n")
    put("several", b"c" + b"file;tags\na.png;round|red\nb.png;\"red, big\"\n")
    put("one-hot", b"c" + b"image\tcat\tdog\na.png\t1\t0\nb.png\t0\t1\n")
    put("texts", b"t" + b"\xef\xbb\xbftext,label\r\n\"He said \"\"no\"\", twice\",neg\r\nGood,pos\r\n")
    put("decisions", b"[" + json.dumps([{"file": "a.png", "decision": "move", "class": "cat", "reason": "", "time": 1.5},
                                        {"file": "b.png", "decision": "leave out", "class": "", "reason": "x", "time": 2}]).encode())


def tokenizer(put):
    for place in (ROOT / "tests" / "data").rglob("tokenizer*.json"):
        if place.stat().st_size < 1 << 16:
            put(f"{place.parent.name}-{place.name}", place.read_bytes())
    words = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "##b": 5}
    added = [{"id": 0, "content": "[PAD]", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}]
    model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
             "vocab": words}
    rules = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    put("wordpiece", json.dumps({"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": rules,
                                 "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None,
                                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}, "model": model}).encode())
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
             "fuse_unk": False, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    put("bpe", json.dumps({"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
                           "pre_tokenizer": byte_level, "post_processor": byte_level, "decoder": byte_level, "model": model}).encode())


def pictures(put):
    random = numpy.random.RandomState(1)
    colours = Image.fromarray(random.randint(0, 256, (9, 12, 3), numpy.uint8))
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        for mode in ("RGB", "L", "P", "RGBA", "1", "CMYK"):
            data = io.BytesIO()
            try:
                colours.convert(mode).save(data, kind)
            except (OSError, ValueError):
                continue
            put(f"{kind.lower()}-{mode}", data.getvalue())
    data = io.BytesIO()
    colours.save(data, "JPEG", progressive=True, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    put("jpeg-turned", data.getvalue())
    for file in (ROOT / "tests" / "data").rglob("*"):
        if file.suffix in (".heic", ".avif", ".heif") and file.stat().st_size < 1 << 14:
            put(file.name, file.read_bytes())


def main():
    folder = pathlib.Path(sys.argv[1])
    for make in (archives, arrays, pictures, tables, tokenizer):
        place = folder / make.__name__
        place.mkdir(parents=True, exist_ok=True)
        make(lambda name, content, to=place: (to / name).write_bytes(content))
        print(make.__name__, len(list(place.iterdir())))


if __name__ == "__main__":
    main()
