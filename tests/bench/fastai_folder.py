#!/usr/bin/env python3
"""From a folder of pictures to a trained head as most write it in fastai: two workers, the trunk frozen but for its batch norms, which
fastai always trains.

    python3 fastai_folder.py FOLDER [--model resnet18] [--size 64] [--epochs 5] [--batch 64]

FOLDER has train/CLASS and val/CLASS. The trunk's weights are random: the time is the same. Prints JSON as pytorch_folder.py does.
Needs fastai 2.7 (PyPI) beside torch and torchvision.
"""
import argparse
import json
import time

begin = time.perf_counter()
import torchvision  # noqa: E402
from fastai.vision.all import ImageDataLoaders, Resize, accuracy, vision_learner  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--model", default="resnet18")
parser.add_argument("--size", type=int, default=64)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--batch", type=int, default=64)
options = parser.parse_args()

data = ImageDataLoaders.from_folder(options.folder, train="train", valid="val", item_tfms=Resize(options.size), bs=options.batch,
                                    num_workers=2)
listed = time.perf_counter() - begin
learner = vision_learner(data, getattr(torchvision.models, options.model), metrics=accuracy, pretrained=False)
learner.freeze()
with learner.no_bar():
    learner.fit(options.epochs, 1e-3)
print(json.dumps({"seconds": time.perf_counter() - begin, "listed_seconds": listed,
                  "accuracy": float(learner.recorder.values[-1][-1])}))
