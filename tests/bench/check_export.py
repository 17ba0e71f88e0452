"""Compares what exported models answer in Python with what `thaw-cli predict` says, on pictures of many sizes.

    check_export.py --cli build/release/bin/thaw-cli --data CIFAR-10 --pictures FOLDER --work FOLDER [MODEL[:SIZE[:random|WEIGHTS]] ...]

Needs torch, torchvision and onnxruntime. Of every model a short run is made in the folder --work, exported in every form, and 100
pictures cut from those in --pictures are predicted: PNG files, since JPEG decoders differ by a unit here and there. Printed is the
greatest difference between log-probabilities; more than 1e-4 is a failure.
"""
import argparse
import importlib.util
import json
import pathlib
import subprocess
import sys

import numpy as np
from PIL import Image

# One of each family. Those without built-in weights start from random ones and train all layers, statistics too: planes that nothing has
# normalised grow so large that float32 itself is not that exact.
MODELS = ["vgg16:32", "alexnet:96", "squeezenet1_1:96", "resnet50:96", "googlenet:96:random", "inception_v3:128:random",
          "mobilenet_v2:96", "mobilenet_v3_large:96:random", "efficientnet_lite0:96", "efficientnet_b0:96:random",
          "densenet121:96:random", "convnext_tiny:96:random", "vit_b_16:96:random"]
FORMATS = {"python": ("model.py", "model.py"), "torchscript": ("model.pt", "model_torchscript.py"),
           "onnx": ("model.onnx", "model_onnx.py")}
BAR = 1e-4


def cut_pictures(source, folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    originals = [Image.open(file).convert("RGB") for file in sorted(source.iterdir()) if file.is_file()]
    random = np.random.default_rng(1)
    files = []
    for index in range(count):
        picture = originals[index % len(originals)]
        wide, high = (int(random.integers(8, side + 1)) for side in picture.size)
        if index % 10 == 0:
            wide = high = int(32 * random.integers(1, 4))  # a whole multiple of the data set's side
        left, top = int(random.integers(0, picture.width - wide + 1)), int(random.integers(0, picture.height - high + 1))
        piece = picture.crop((left, top, left + wide, top + high))
        if index % 7 == 0:
            piece.putalpha(piece.convert("L"))
        files.append(folder / f"{index:03}.png")
        piece.save(files[-1])
    return files


def load(script):
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_run(cli, data, run, model, size, start):
    if (run / "run.json").exists():
        return
    plan = ["--epochs", "1,1"]
    if start == "random":
        plan = ["--random-init", "--epochs", "0,2", "--thaw", "all", "--update-statistics", "--batch", "16"]
    elif start:
        plan += ["--weights", start]
    command = [cli, "lesson", "--model", model, "--input-size", size, "--data", data, "--train-limit", "200", "--test-limit", "50",
               "--no-chart", "--out", str(run)] + plan
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def log_softmax(logits):
    logits = logits.astype(np.float64)
    logits -= logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--pictures", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--count", default=100, type=int)
    parser.add_argument("models", nargs="*", default=MODELS)
    options = parser.parse_args()
    files = cut_pictures(options.pictures, options.work / "pictures", options.count)
    print(f"{'model':24}" + "".join(f"{name:>14}" for name in FORMATS), flush=True)
    worst = 0
    for entry in options.models:
        model, size, start = (entry.split(":") + ["", ""])[:3]
        run = options.work / model
        make_run(options.cli, options.data, run, model, size or "96", start)
        said = json.loads(subprocess.run([options.cli, "predict", "--run", run, "--json", *files], check=True,
                                         capture_output=True).stdout)
        expected = np.log(np.maximum(np.array([one["probabilities"] for one in said], np.float64), 1e-37))
        line = f"{model:24}"
        for name, (file, script) in FORMATS.items():
            subprocess.run([options.cli, "export", "--run", run, "--format", name, "--out", run / file], check=True,
                           stdout=subprocess.DEVNULL)
            module = load(run / script)
            logits = np.concatenate([module.logits(files[at:at + 10]) for at in range(0, len(files), 10)])
            known = expected > np.log(1e-30)
            difference = np.abs(log_softmax(logits) - expected)[known].max()
            worst = max(worst, difference)
            line += f"{difference:14.1e}"
        print(line, flush=True)
    return int(worst > BAR)


if __name__ == "__main__":
    sys.exit(main())
