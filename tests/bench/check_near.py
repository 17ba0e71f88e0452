#!/usr/bin/env python3
"""How many copies `thaw-cli data check` finds among near duplicates, and how many of its pairs are none.

Writes pictures of Fashion-MNIST (or CIFAR-10, with --cifar) as a folder of classes and puts copies of some of them among them: a
third resized to 3/4, a third compressed to JPEG of quality 60, a third cropped by 5 % of each side's length. Prints which copies were
found beside their original, and how many pictures that have no copy were named nevertheless. Pictures that the set itself has twice
are told by the difference of their pixels: below --same of 255 in the mean, a pair without a copy counts as right.
Needs Python 3 with numpy and Pillow, and Debian's package dataset-fashion-mnist or CIFAR-10's binary files.

    check_near.py build/release/bin/thaw-cli [--pictures 3000] [--copies 300] [--seed 0] [--cifar FOLDER] [--same 4] [--show FILE]
"""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image


def read_pictures(options):
    if options.cifar:
        rows = numpy.fromfile(next(options.cifar.rglob("data_batch_1.bin")), numpy.uint8).reshape(-1, 3073)
        return rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), rows[:, 0]
    folder = pathlib.Path("/usr/share/datasets/fashion-mnist")
    pixels = numpy.frombuffer(gzip.open(folder / "train-images-idx3-ubyte.gz").read(), numpy.uint8, offset=16)
    labels = numpy.frombuffer(gzip.open(folder / "train-labels-idx1-ubyte.gz").read(), numpy.uint8, offset=8)
    return pixels.reshape(-1, 28, 28), labels


def save_copy(picture, kind, file):
    width, height = picture.size
    if kind == "resized":
        picture.resize((width * 3 // 4, height * 3 // 4), Image.BICUBIC).save(file.with_suffix(".png"))
    elif kind == "compressed":
        picture.save(file.with_suffix(".jpg"), quality=60)
    else:
        box = (width * 0.025, height * 0.025, width * 0.975, height * 0.975)
        picture.resize((width, height), Image.BICUBIC, box=box).save(file.with_suffix(".png"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--pictures", type=int, default=3000)
    parser.add_argument("--copies", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cifar", type=pathlib.Path)
    parser.add_argument("--same", type=float, default=4)
    parser.add_argument("--show", type=pathlib.Path, help="writes the pairs that are wrong as a picture")
    options = parser.parse_args()
    pictures, labels = read_pictures(options)
    random = numpy.random.RandomState(options.seed)
    chosen = random.permutation(len(pictures))[: options.pictures]
    copied = dict(zip((int(one) for one in chosen[: options.copies]), ["resized", "compressed", "cropped"] * options.copies))

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "set"
        for index in chosen:
            place = folder / "train" / str(labels[index])
            place.mkdir(parents=True, exist_ok=True)
            picture = Image.fromarray(pictures[index])
            picture.save(place / f"{index}.png")
            if index in copied:
                save_copy(picture, copied[index], place / f"{index}-copy")
        for label in set(labels):
            place = folder / "test" / str(label)
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(255 - pictures[numpy.flatnonzero(labels == label)[0]]).save(place / "0.png")
        answer = subprocess.run([options.program, "data", "check", str(folder), "--json"], stdout=subprocess.PIPE)
    check = json.loads(answer.stdout)
    groups = [[pathlib.Path(file).stem for file in group if "/train/" in "/" + file] for group in check["near_duplicates"] + check["duplicates"]]

    found, right, wrong = collections.Counter(), 0, []
    for group in groups:
        for name in group:
            index = int(name.split("-")[0])
            if name.endswith("-copy"):
                found[copied[index]] += str(index) in group
                continue
            others = [int(other.split("-")[0]) for other in group if other != name]
            differences = [numpy.abs(pictures[index].astype(float) - pictures[other]).mean() for other in others]
            if index in others or min(differences, default=255) < options.same:
                right += 1
            else:
                wrong.append((index, others[int(numpy.argmin(differences))]))
    asked = collections.Counter(copied.values())
    total = sum(found.values())
    for kind in asked:
        print(f"{kind}: {found[kind]} of {asked[kind]} copies found")
    print(f"all: {total} of {len(copied)} ({total / len(copied):.3f}); of {right + len(wrong)} originals named {len(wrong)} have no "
          f"copy ({len(wrong) / max(1, right + len(wrong)):.3f}), of all {len(chosen)} pictures {len(wrong) / len(chosen):.4f}")
    if options.show and wrong:
        rows = [numpy.hstack([pictures[a], pictures[b]]) for a, b in wrong[:100]]
        Image.fromarray(numpy.vstack(rows)).save(options.show)


if __name__ == "__main__":
    main()
