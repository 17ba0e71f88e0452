#!/usr/bin/env python3
"""The lesson as a plain PyTorch script: what people use today, and the yardstick for Thaw.

usage: pytorch_lesson.py --data DIR --weights FILE [--pictures N | --full] [--scaling imagenet|0-1] [--size 32|64] [--preset NAME]

Without --full: one epoch of each phase on N pictures (default 2,000) and as many test pictures as the whole set's share;
prints the rates and the whole lesson's time in proportion. With --full: the whole lesson, with the curve. JSON on standard
output. All cores are used. --weights takes a safetensors file with float32 tensors by torchvision's names
(packaging/make_weights.py --float32 writes one). Debian: python3-torch python3-torchvision.
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
PLANS = {  # preset: [(epochs, learning rate, first trainable index of `features`, None: the head alone)]
    "lesson": [(10, 1e-4, None), (5, 1e-5, 24)],
    "fine-tune-all": [(3, 1e-4, None), (6, 1e-5, 0)],
}


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


def build(weights):
    layers, channels = [], 3
    for entry in VGG16:
        if entry == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += [nn.Conv2d(channels, entry, 3, padding=1), nn.ReLU(inplace=True)]
            channels = entry
    features = nn.Sequential(*layers)
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--scaling", default="imagenet")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--preset", default="lesson", choices=PLANS)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(options.seed)

    (train_x, train_y), (test_x, test_y) = read_cifar10(options.data)
    whole_train = len(train_x)
    if not options.full:
        test_count = options.pictures * len(test_x) // whole_train
        train_x, train_y = train_x[:options.pictures], train_y[:options.pictures]
        test_x, test_y = test_x[:test_count], test_y[:test_count]

    model = Lesson(build(read_safetensors(options.weights)), options.size)
    loss_of = nn.CrossEntropyLoss()
    curve, seconds_whole, epoch = [], 0.0, 0
    for epochs, rate, first_trainable in PLANS[options.preset]:
        for index, layer in enumerate(model.features):
            for parameter in layer.parameters():
                parameter.requires_grad_(first_trainable is not None and index >= first_trainable)
        optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate, eps=1e-7)
        for _ in range(epochs if options.full else 1):
            epoch += 1
            start = time.perf_counter()
            model.train()
            total_loss = correct = 0
            for rows in torch.randperm(len(train_x)).split(options.batch):
                optimizer.zero_grad()
                y = train_y[rows]
                output = model(prepare(train_x[rows], options.scaling, options.size))
                loss = loss_of(output, y)
                loss.backward()
                optimizer.step()
                total_loss += loss.item() * len(rows)
                correct += (output.argmax(1) == y).sum().item()
            trained = time.perf_counter()
            model.eval()
            val_loss = val_correct = 0
            with torch.no_grad():
                for x, y in zip(test_x.split(options.batch), test_y.split(options.batch)):
                    output = model(prepare(x, options.scaling, options.size))
                    val_loss += loss_of(output, y).item() * len(y)
                    val_correct += (output.argmax(1) == y).sum().item()
            done = time.perf_counter()
            seconds_whole += (done - start) * (1 if options.full else epochs * whole_train / len(train_x))
            curve.append({"epoch": epoch, "train_loss": total_loss / len(train_x), "train_accuracy": correct / len(train_x),
                          "val_loss": val_loss / len(test_x), "val_accuracy": val_correct / len(test_x),
                          "train_images_per_second": len(train_x) / (trained - start),
                          "evaluation_images_per_second": len(test_x) / (done - trained)})
            print(curve[-1], file=sys.stderr)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "measured_pictures": len(train_x),
                      "lesson_seconds": seconds_whole, "curve": curve}, indent=2))


main()
