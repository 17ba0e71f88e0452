#!/usr/bin/env python3
"""Draws small .npz files as NumPy writes them, for tst_npz_dataset: numbers that follow from their places, so that the test
computes what it expects. Needs Debian's python3-numpy. Writes tests/data/npz."""
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "npz"
SIDE = 28


def pictures(count, channels, first):
    """Pixel (y, x, c) of picture i is (first + 7 i + 3 y + x + 50 c) modulo 256."""
    shape = (count, SIDE, SIDE) + ((channels,) if channels > 1 else ())
    i, y, x, c = np.ogrid[:count, :SIDE, :SIDE, :channels]
    return ((first + 7 * i + 3 * y + x + 50 * c) % 256).astype(np.uint8).reshape(shape)


def arrays(channels, labels):
    counts = {"train": 8, "val": 4, "test": 6}
    return {f"{split}_{what}": value
            for first, (split, count) in enumerate(counts.items())
            for what, value in (("images", pictures(count, channels, 10 * first)), ("labels", labels(count)))}


FOLDER.mkdir(exist_ok=True)
one = arrays(1, lambda count: (np.arange(count, dtype=np.uint8) % 2).reshape(-1, 1))
np.savez_compressed(FOLDER / "pneumoniamnist.npz", **one)
several = arrays(3, lambda count: (np.arange(count)[:, None] >> np.arange(3) & 1).astype(np.int64))
np.savez_compressed(FOLDER / "several.npz", **several)
np.savez(FOLDER / "mnist.npz", x_train=pictures(4, 1, 0), y_train=np.arange(4, dtype=np.uint8) % 2,
         x_test=pictures(2, 1, 9), y_test=np.arange(2, dtype=np.uint8))
