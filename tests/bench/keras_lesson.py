#!/usr/bin/env python3
"""A lesson as a plain Keras script, as courses give it: VGG16 without its top, a new head, then fine-tuning.

usage: keras_lesson.py LESSON.json --data DIR [--weights FILE] [--pictures N | --full]

LESSON.json is one of Thaw's own (resources/lessons). Without --full: one epoch of each phase on N pictures (default 2,000) and
the whole set's share of test pictures; prints the rates and the whole lesson's time in proportion. The model runs once before, since
TensorFlow builds its graph then. With --full: every epoch, with the curve. JSON on standard output. All cores are used. --data is the
folder with CIFAR-10's .bin files. --weights is "imagenet" (Keras downloads them) or Keras's own .h5 file; without it the trunk is random,
which takes the same time. TensorFlow from PyPI.
"""
import argparse
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
from tensorflow import keras


def read_cifar10(folder):
    def split(names):
        rows = np.concatenate([np.fromfile(os.path.join(folder, name), np.uint8).reshape(-1, 3073) for name in names])
        return rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).copy(), rows[:, 0].astype(np.int64)
    return split([f"data_batch_{i}.bin" for i in range(1, 6)]), split(["test_batch.bin"])


def subset(split, limit):
    """The first pictures of each class, equal counts."""
    x, y = split
    rows = np.sort(np.concatenate([np.nonzero(y == label)[0][:max(1, limit // 10)] for label in range(10)]))
    return x[rows], y[rows]


def prepare(pictures, scaling, size):
    x = pictures.astype(np.float32) / 255
    if scaling == "imagenet":
        x = (x - np.array([0.485, 0.456, 0.406], np.float32)) / np.array([0.229, 0.224, 0.225], np.float32)
    return tf.image.resize(x, (size, size)).numpy() if size != 32 else x


def is_trained(layer, phase):
    return "all" in phase["trainable"] or any(layer.name.startswith(name) for name in phase["trainable"] if name.startswith("block"))


class Clock(keras.callbacks.Callback):
    """When an epoch's training and its evaluation end."""
    def __init__(self):
        super().__init__()
        self.rows = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = self.trained = time.perf_counter()

    def on_test_begin(self, logs=None):
        self.trained = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append((self.begin, self.trained, time.perf_counter()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lesson")
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights")
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    keras.utils.set_random_seed(options.seed)
    with open(options.lesson) as file:
        lesson = json.load(file)
    size, batch = lesson["inputSize"], lesson["batchSize"]

    train, test = read_cifar10(options.data)
    whole_train = len(train[0])
    if not options.full:
        test = subset(test, options.pictures * len(test[0]) // whole_train)
        train = subset(train, options.pictures)
    (train_x, train_y), (test_x, test_y) = [(prepare(x, lesson["scaling"], size), y) for x, y in (train, test)]

    base = keras.applications.VGG16(weights=options.weights, include_top=False, input_shape=(size, size, 3))
    model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(0.5),
                              keras.layers.Dense(10, activation="softmax")])
    curve, seconds_whole = [], 0.0
    for phase in lesson["phases"]:
        base.trainable = True
        for layer in base.layers:
            layer.trainable = is_trained(layer, phase)
        model.compile(optimizer=keras.optimizers.Adam(phase["optimizer"]["learningRate"], epsilon=phase["optimizer"]["epsilon"]),
                      loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        if not options.full:  # the graph is built before the clock runs
            kept = model.get_weights()
            some, few = [batch + len(x) % batch for x in (train_x, test_x)]  # a whole batch and the last one's shape
            model.fit(train_x[:some], train_y[:some], batch_size=batch, validation_data=(test_x[:few], test_y[:few]), verbose=0)
            model.set_weights(kept)
        clock = Clock()
        history = model.fit(train_x, train_y, batch_size=batch, epochs=phase["epochs"] if options.full else 1,
                            validation_data=(test_x, test_y), verbose=0, callbacks=[clock]).history
        for index, (begin, trained, done) in enumerate(clock.rows):
            seconds_whole += (done - begin) * (1 if options.full else phase["epochs"] * whole_train / len(train_x))
            curve.append({"epoch": len(curve) + 1, "train_loss": history["loss"][index], "train_accuracy": history["accuracy"][index],
                          "val_loss": history["val_loss"][index], "val_accuracy": history["val_accuracy"][index],
                          "train_images_per_second": len(train_x) / (trained - begin),
                          "evaluation_images_per_second": len(test_x) / (done - trained)})
            print(curve[-1], file=sys.stderr)
    print(json.dumps({"tensorflow": tf.__version__, "threads": os.cpu_count(), "training_pictures": len(train_x), "weights": options.weights,
                      "lesson_seconds": seconds_whole, "curve": curve}, indent=2))


main()
