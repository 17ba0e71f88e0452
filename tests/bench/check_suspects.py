#!/usr/bin/env python3
"""How many of the labels that thaw-cli doubts most are really wrong.

Writes 5,000 training pictures of Fashion-MNIST as a folder of classes, gives 5 % of them a wrong label at random, runs
`thaw-cli data suspects` and prints the share of wrong labels among as many of its first answers.
Needs Python 3 with numpy and Pillow, and Debian's package dataset-fashion-mnist (or its files in another folder).

    check_suspects.py build/release/bin/thaw-cli [--model vgg16] [--input-size 32] [--seed 0] [--data FOLDER]
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import tempfile
import time

import numpy
from PIL import Image


def read(folder, name, offset, shape):
    return numpy.frombuffer(gzip.open(folder / name).read(), numpy.uint8, offset=offset).reshape(shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--model", default="vgg16")
    parser.add_argument("--input-size", default="32")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("/usr/share/datasets/fashion-mnist"))
    options = parser.parse_args()

    count, wrong = 5000, 250
    pictures = read(options.data, "train-images-idx3-ubyte.gz", 16, (-1, 28, 28))[:count]
    labels = read(options.data, "train-labels-idx1-ubyte.gz", 8, (-1,))[:count].astype(int)
    random = numpy.random.RandomState(options.seed)
    changed = random.permutation(count)[:wrong]
    labels[changed] = (labels[changed] + random.randint(1, 10, wrong)) % 10

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for split in ("train", "test"):
            for label in range(10):
                (folder / split / str(label)).mkdir(parents=True)
        for index, picture in enumerate(pictures):
            Image.fromarray(picture).save(folder / "train" / str(labels[index]) / f"{index}.png")
        for label in range(10):
            Image.fromarray(pictures[label]).save(folder / "test" / str(label) / "0.png")
        start = time.time()
        answer = subprocess.run([options.program, "data", "suspects", "--data", str(folder), "--model", options.model,
                                 "--input-size", options.input_size, "--json"], check=True, stdout=subprocess.PIPE)
        seconds = time.time() - start
    suspects = [int(pathlib.Path(one["file"]).stem) for one in json.loads(answer.stdout)]
    right = len(set(suspects[:wrong]) & set(changed.tolist()))
    print(f"{right} of the first {wrong} suspects are wrong labels: {right / wrong:.3f} ({len(suspects)} suspects, {seconds:.0f} s)")


if __name__ == "__main__":
    main()
