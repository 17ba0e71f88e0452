#!/usr/bin/env python3
"""Makes vgg_golden.safetensors: what Python's torch computes from the built-in weights.

    tests/data/make_vgg_golden.py            (needs numpy and torch; Debian: python3-numpy, python3-torch)

The weights are resources/weights/vgg16-imagenet-int8.safetensors, dequantised to float32 (int8 * scale) as Thaw does. torch then
computes in float64, so that the numbers below are right to float32's last digits. Content:

    pictures     uint8   [4, 32, 32, 3]   drawn by a formula, RGB
    input        float32 [4, 3, 32, 32]   (pictures / 255 - mean) / standard deviation, ImageNet's
    block3_pool  float32 [4, 256, 4, 4]   outputs of the trunk's pools
    block4_pool  float32 [4, 512, 2, 2]
    block5_pool  float32 [4, 512, 1, 1]
"""

import json
import pathlib
import struct
import sys

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
sys.dont_write_bytecode = True
import make_weights  # noqa: E402

WEIGHTS = ROOT / "resources/weights/vgg16-imagenet-int8.safetensors"
LAYERS = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    types = {"F32": np.float32, "I8": np.int8}
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[8 + length + begin:8 + length + end], types[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"])
    return tensors


def draw():
    """Four pictures with edges, gradients and texture."""
    n, y, x, c = np.meshgrid(np.arange(4), np.arange(32), np.arange(32), np.arange(3), indexing="ij")
    wave = np.sin(0.35 * (n + 1) * x + 0.9 * c) * np.cos(0.2 * (n + 1) * y - 0.5 * c)
    disc = ((x - 10 - 3 * n) ** 2 + (y - 20 + 2 * n) ** 2 < 60) * (90 - 60 * c)
    texture = (x * 7 + y * 13 + n * 29 + c * 17) % 23
    return np.clip(np.rint(110 + 60 * wave + disc + texture), 0, 255).astype(np.uint8)


def main():
    stored = read_safetensors(WEIGHTS)
    pictures = draw()
    scaled = (pictures.astype(np.float64) / 255 - MEAN) / DEVIATION
    result = {"pictures": pictures, "input": np.ascontiguousarray(scaled.transpose(0, 3, 1, 2)).astype(np.float32)}

    values = torch.from_numpy(result["input"]).double()
    indices = iter(make_weights.TORCHVISION_INDEX)
    block = 1
    for layer in LAYERS:
        if layer == "M":
            values = torch.nn.functional.max_pool2d(values, 2)
            if block >= 3:
                result[f"block{block}_pool"] = values.float().numpy()
            block += 1
        else:
            name = f"features.{next(indices)}"
            kernel = stored[name + ".weight"].astype(np.float32) * stored[name + ".weight_scale"][:, None, None, None]
            assert kernel.shape[0] == layer
            values = torch.relu(torch.nn.functional.conv2d(values, torch.from_numpy(kernel).double(),
                                                           torch.from_numpy(stored[name + ".bias"].copy()).double(), padding=1))
    make_weights.write_safetensors(pathlib.Path(__file__).with_name("vgg_golden.safetensors"), result,
                                   {"made_by": "tests/data/make_vgg_golden.py"})
    for name, array in result.items():
        print(name, array.dtype, array.shape, float(np.abs(array.astype(np.float64)).mean()))


if __name__ == "__main__":
    main()
