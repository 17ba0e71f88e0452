#!/usr/bin/env python3
"""From a folder of pictures to a trained head as most write it in PyTorch: ImageFolder, DataLoader with two workers, a frozen trunk in
every epoch.

    python3 pytorch_folder.py FOLDER [--model mobilenet_v2] [--size 64] [--epochs 5] [--batch 64]

FOLDER has train/CLASS and val/CLASS. The trunk's weights are random: the time is the same. Prints JSON: seconds of the whole, of the
listing and of the first batch, and the accuracy on val. Compare with the same in Thaw, trunk frozen:

    thaw-cli train --data FOLDER --model mobilenet_v2 --input-size 64 --epochs 5 --batch 64
"""
import argparse
import json
import time

import torch
import torchvision
from torchvision import transforms
from torchvision.datasets import ImageFolder

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--model", default="mobilenet_v2")
parser.add_argument("--size", type=int, default=64)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--batch", type=int, default=64)
options = parser.parse_args()

begin = time.perf_counter()
prepare = transforms.Compose([
    transforms.Resize(options.size),
    transforms.CenterCrop(options.size),
    transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])
sets = {part: ImageFolder(f"{options.folder}/{part}", prepare) for part in ("train", "val")}
listed = time.perf_counter() - begin
loaders = {part: torch.utils.data.DataLoader(data, options.batch, shuffle=part == "train", num_workers=2)
           for part, data in sets.items()}
model = getattr(torchvision.models, options.model)()
for parameter in model.parameters():
    parameter.requires_grad = False
last = model.classifier[-1] if hasattr(model, "classifier") else model.fc
head = torch.nn.Linear(last.in_features, len(sets["train"].classes))
if hasattr(model, "classifier"):
    model.classifier[-1] = head
else:
    model.fc = head
optimizer = torch.optim.Adam(head.parameters(), 1e-3)
first = None
for epoch in range(options.epochs):
    model.eval()  # a frozen batch norm keeps its statistics
    for pictures, labels in loaders["train"]:
        first = first or time.perf_counter() - begin
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(pictures), labels).backward()
        optimizer.step()
    right = 0
    with torch.no_grad():
        for pictures, labels in loaders["val"]:
            right += (model(pictures).argmax(1) == labels).sum().item()
print(json.dumps({"seconds": time.perf_counter() - begin, "listed_seconds": listed, "first_batch_seconds": first,
                  "accuracy": right / len(sets["val"])}))
