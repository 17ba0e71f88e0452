#!/usr/bin/env python3
"""A lesson as a plain PyTorch script: what people use today, and the yardstick for Thaw.

usage: pytorch_lesson.py LESSON.json --data DIR [--weights FILE] [--pictures N | --full [--train-limit N] [--cache] [--sparse]]

LESSON.json is one of Thaw's own (resources/lessons). Without --full: one epoch of each phase on N pictures (default 2,000) and
the whole set's share of test pictures; prints the rates and the whole lesson's time in proportion. With --full: every epoch,
with the curve. --cache computes the frozen layers once a phase instead of at every step, --sparse evaluates only at the end of
each phase: the same mathematics, sooner. JSON on standard output. All cores are used. --data is the folder with CIFAR-10's
.bin files, --weights a safetensors file with float32 tensors by torchvision's names (packaging/make_weights.py --float32 writes
one); without it the trunk is random, which takes the same time. Debian: python3-torch.
"""
import argparse
import json
import os
import struct
import sys
import time

import numpy as np
import torch
from torch import nn

VGG16 = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
def read_safetensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            sys.exit(f"{path}: {name} is {entry['dtype']}, not F32")
        begin, end = entry["data_offsets"]
        tensors[name] = torch.from_numpy(np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"]).copy())
    return tensors


def read_cifar10(folder):
    def split(names):
        rows = np.concatenate([np.fromfile(os.path.join(folder, name), np.uint8).reshape(-1, 3073) for name in names])
        return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))
    return split([f"data_batch_{i}.bin" for i in range(1, 6)]), split(["test_batch.bin"])


def subset(split, limit):
    """The first pictures of each class, equal counts."""
    x, y = split
    rows = torch.cat([torch.nonzero(y == label)[:max(1, limit // 10), 0] for label in range(10)]).sort().values
    return x[rows], y[rows]


def build(weights):
    layers, channels = [], 3
    for entry in VGG16:
        if entry == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += [nn.Conv2d(channels, entry, 3, padding=1), nn.ReLU(inplace=True)]
            channels = entry
    features = nn.Sequential(*layers)
    if weights is None:
        for layer in features:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(layer.bias)
        return features
    features.load_state_dict({name[len("features."):]: tensor for name, tensor in weights.items() if name.startswith("features.")})
    return features


class Lesson(nn.Module):
    def __init__(self, features, size):
        super().__init__()
        self.features = features
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(512 * (size // 32) ** 2, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))
        for layer in (self.head[1], self.head[4]):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.head(self.features(x))


def prepare(pictures, scaling, size):
    x = pictures.float() / 255
    if scaling == "imagenet":
        x = (x - torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)) / torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    if size != 32:
        x = nn.functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
    return x


def boundary(phase):
    """Index in `features` of the first layer that trains; its length when the head alone does."""
    if "all" in phase["trainable"]:
        return 0
    return 24 if "block5" in phase["trainable"] else len(VGG16) + 13


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lesson")
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights")
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--train-limit", type=int, default=0)
    parser.add_argument("--cache", action="store_true")
    parser.add_argument("--sparse", action="store_true")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(options.seed)
    with open(options.lesson) as file:
        lesson = json.load(file)
    size, batch = lesson["inputSize"], lesson["batchSize"]

    train, test = read_cifar10(options.data)
    whole_train = len(train[0])
    if options.full and options.train_limit:
        train = subset(train, options.train_limit)
    if not options.full:
        test = subset(test, options.pictures * len(test[0]) // whole_train)
        train = subset(train, options.pictures)
    (train_x, train_y), (test_x, test_y) = train, test

    weights = None if not options.weights or lesson.get("initialization") == "random" else read_safetensors(options.weights)
    model = Lesson(build(weights), size)
    loss_of = nn.CrossEntropyLoss()
    curve, seconds_whole, done_epochs = [], 0.0, 0
    for phase in lesson["phases"]:
        first = boundary(phase)
        for index, layer in enumerate(model.features):
            for parameter in layer.parameters():
                parameter.requires_grad_(index >= first)
        frozen, thawed = model.features[:first], model.features[first:]
        optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=phase["optimizer"]["learningRate"],
                                     eps=phase["optimizer"]["epsilon"])

        def below(pictures):
            with torch.no_grad():
                return frozen(prepare(pictures, lesson["scaling"], size))

        start = time.perf_counter()
        cached = [torch.cat([below(x) for x in split.split(batch)]) for split in (train_x, test_x)] if options.cache else None
        cache_seconds = time.perf_counter() - start
        inputs = (lambda split, rows: cached[split][rows]) if options.cache else (lambda split, rows: below((train_x, test_x)[split][rows]))
        epochs = phase["epochs"] if options.full else 1
        for epoch in range(done_epochs + 1, done_epochs + epochs + 1):
            start = time.perf_counter()
            model.train()
            total_loss = correct = 0
            for rows in torch.randperm(len(train_x)).split(batch):
                optimizer.zero_grad()
                y = train_y[rows]
                output = model.head(thawed(inputs(0, rows)))
                loss = loss_of(output, y)
                loss.backward()
                optimizer.step()
                total_loss += loss.item() * len(rows)
                correct += (output.argmax(1) == y).sum().item()
            trained = time.perf_counter()
            if options.sparse and epoch < done_epochs + epochs:
                seconds_whole += trained - start
                continue
            model.eval()
            val_loss = val_correct = 0
            with torch.no_grad():
                for rows in torch.arange(len(test_x)).split(batch):
                    output = model.head(thawed(inputs(1, rows)))
                    val_loss += loss_of(output, test_y[rows]).item() * len(rows)
                    val_correct += (output.argmax(1) == test_y[rows]).sum().item()
            done = time.perf_counter()
            seconds_whole += (done - start) * (1 if options.full else phase["epochs"] * whole_train / len(train_x))
            curve.append({"epoch": epoch, "train_loss": total_loss / len(train_x), "train_accuracy": correct / len(train_x),
                          "val_loss": val_loss / len(test_x), "val_accuracy": val_correct / len(test_x),
                          "train_images_per_second": len(train_x) / (trained - start),
                          "evaluation_images_per_second": len(test_x) / (done - trained)})
            print(curve[-1], file=sys.stderr)
        seconds_whole += cache_seconds
        done_epochs += epochs
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "training_pictures": len(train_x),
                      "cached": options.cache, "lesson_seconds": seconds_whole, "curve": curve}, indent=2))


if __name__ == "__main__":
    main()
