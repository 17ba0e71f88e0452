#!/usr/bin/env python3
"""Draws a large folder of pictures in Tiny ImageNet's layout: train/CLASS/*.jpg and val/CLASS/*.jpg, 64 x 64 pixels, 200 classes.

    python3 draw_big_folder.py FOLDER [--files 110000] [--stand-ins]      (needs numpy and Pillow)

Each class has a hue and a number of stripes, so that it can be learned. --stand-ins writes the first bytes of a JPEG alone: enough to be
listed, nothing to decode.
"""
import argparse
import colorsys
import io
import pathlib

import numpy as np
from PIL import Image

CLASSES, SIDE = 200, 64


def picture(label, random):
    hue, stripes = label % 20 / 20, label // 20 + 1
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    angle, phase = random.uniform(0, np.pi), random.uniform(0, 2 * np.pi)
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * stripes * (x * np.cos(angle) + y * np.sin(angle)) + phase)
    colour = np.array(colorsys.hsv_to_rgb(hue, 0.7, 1.0))
    noise = random.normal(0, 12, (SIDE, SIDE, 3))
    return np.clip(255 * wave[..., None] * colour + noise, 0, 255).astype(np.uint8)


def jpeg(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90)
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=110_000)
    parser.add_argument("--stand-ins", action="store_true")
    options = parser.parse_args()
    random = np.random.default_rng(1)
    pool = [jpeg(picture(i % CLASSES, random)) for i in range(20 * CLASSES)]
    each = options.files // CLASSES
    for label in range(CLASSES):
        for part, count in (("train", each - each // 11), ("val", each // 11)):
            folder = options.folder / part / f"class{label:03d}"
            folder.mkdir(parents=True, exist_ok=True)
            for i in range(count):
                bytes_ = pool[label + CLASSES * (i % 20)]
                if options.stand_ins:
                    bytes_ = bytes_[:64]
                else:  # a comment makes each file another one
                    bytes_ = bytes_[:2] + b"\xff\xfe\x00\x0a" + f"{part[0]}{i:07d}".encode() + bytes_[2:]
                (folder / f"{i:07d}.jpg").write_bytes(bytes_)


if __name__ == "__main__":
    main()
