#!/usr/bin/env python3
"""How many foreign pictures are among the first that thaw-cli finds unlike everything else.

Writes 2,000 training pictures of CIFAR-10 as a folder of classes and puts foreign pictures (a folder of photographs, spread over
the classes) among them. Runs `thaw-cli data suspects --unlike` and prints how many of its first answers, as many as there are
foreign ones, are foreign. With --layers the same is computed here from features that `thaw-cli extract` writes, for several ways
to tell how far a picture is from the others: one line for each layer and way.
Needs Python 3 with numpy and Pillow, and CIFAR-10's binary files.

    check_unlike.py build/release/bin/thaw-cli CIFAR-FOLDER PHOTO-FOLDER [--model mobilenet_v2] [--input-size 96]
                    [--layers features.3.sum,features.13.sum]
"""
import argparse
import json
import pathlib
import shutil
import struct
import subprocess
import tempfile

import numpy
from PIL import Image

NEIGHBOURS = 10


def write_set(cifar, photos, folder):
    rows = numpy.fromfile(next(cifar.rglob("data_batch_1.bin")), numpy.uint8).reshape(-1, 3073)
    seen = [0] * 10
    for row in rows:
        label = int(row[0])
        seen[label] += 1
        if seen[label] > 210:
            continue
        place = folder / ("train" if seen[label] <= 200 else "test") / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(row[1:].reshape(3, 32, 32).transpose(1, 2, 0)).save(place / f"{seen[label]:04}.png")
    files = sorted(file for file in photos.iterdir() if file.suffix.lower() in (".jpg", ".jpeg", ".png"))
    for index, file in enumerate(files):
        shutil.copy(file, folder / "train" / str(index % 10) / f"foreign{index:02}{file.suffix}")
    return len(files)


def read_features(file):
    """The only tensor of a safetensors file that has a row a picture; planes become their means."""
    data = file.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    for name, tensor in header.items():
        if name == "__metadata__" or tensor["dtype"] != "F32":
            continue
        begin, end = tensor["data_offsets"]
        values = numpy.frombuffer(data[8 + length + begin : 8 + length + end], numpy.float32).reshape(tensor["shape"])
        return values.mean(axis=(2, 3)) if values.ndim == 4 else values.reshape(len(values), -1)
    raise SystemExit(f"{file} holds no features")


def nearest(points, k=NEIGHBOURS):
    """Distances and rows of the k nearest others, by the length of the difference."""
    squares = (points**2).sum(1)
    distances = numpy.maximum(squares[:, None] + squares[None] - 2 * points @ points.T, 0)
    numpy.fill_diagonal(distances, numpy.inf)
    rows = numpy.argpartition(distances, k, axis=1)[:, :k]
    chosen = numpy.sqrt(numpy.take_along_axis(distances, rows, 1))
    order = numpy.argsort(chosen, axis=1)
    return numpy.take_along_axis(chosen, order, 1), numpy.take_along_axis(rows, order, 1)


def outlier_factor(points, k=NEIGHBOURS):
    """Breunig and others: LOF, identifying density-based local outliers (2000)."""
    distances, rows = nearest(points, k)
    reach = numpy.maximum(distances, distances[:, -1][rows])
    density = 1 / (reach.mean(1) + 1e-12)
    return density[rows].mean(1) / density


def ways(features):
    standard = (features - features.mean(0)) / numpy.maximum(features.std(0), 1e-6)
    unit = standard / numpy.maximum(numpy.linalg.norm(standard, axis=1, keepdims=True), 1e-12)
    left, strength, right = numpy.linalg.svd(standard, full_matrices=False)
    yield "cosine, k nearest", nearest(unit)[0].mean(1)
    yield "cosine, LOF", outlier_factor(unit)
    yield "length, k nearest", nearest(standard)[0].mean(1)
    yield "length, LOF", outlier_factor(standard)
    yield "from the mean", numpy.linalg.norm(standard, axis=1)
    for count in (16, 64, 128):
        if count < len(strength):
            part = left[:, :count] * strength[:count]
            white = left[:, :count]
            rest = standard - part @ right[:count]
            yield f"{count} whitened, k nearest", nearest(white)[0].mean(1)
            yield f"{count} whitened, LOF", outlier_factor(white)
            yield f"{count} whitened, from the mean", numpy.linalg.norm(white, axis=1)
            yield f"beside {count} components", numpy.linalg.norm(rest, axis=1)


def report(title, score, foreign):
    order = numpy.argsort(-score)
    count = int(foreign.sum())
    ranks = numpy.flatnonzero(foreign[order])
    print(f"{title}: {int(foreign[order[:count]].sum())} of {count} first, the last at place {ranks[-1] + 1}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("cifar", type=pathlib.Path)
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("--model", default="mobilenet_v2")
    parser.add_argument("--input-size", default="96")
    parser.add_argument("--layers", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "set"
        count = write_set(options.cifar, options.photos, folder)
        common = ["--data", str(folder), "--model", options.model, "--input-size", options.input_size]
        answer = subprocess.run([options.program, "data", "suspects", *common, "--unlike", "--json"], check=True,
                                stdout=subprocess.PIPE)
        files = [one["file"] for one in json.loads(answer.stdout)]
        found = sum("foreign" in file for file in files[:count])
        print(f"thaw-cli: {found} of {count} first, {sum('foreign' in file for file in files)} among all {len(files)}", flush=True)
        names = sorted(str(file.relative_to(folder)) for file in (folder / "train").rglob("*") if file.is_file())
        foreign = numpy.array(["foreign" in name for name in names])
        for layer in filter(None, options.layers.split(",")):
            file = pathlib.Path(temporary) / "features.safetensors"
            subprocess.run([options.program, "extract", *common, "--layer", layer, "--split", "train", "--out", str(file)], check=True,
                           stdout=subprocess.DEVNULL)
            for way, score in ways(read_features(file)):
                report(f"{layer}, {way}", score, foreign)


if __name__ == "__main__":
    main()
