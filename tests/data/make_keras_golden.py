#!/usr/bin/env python3
"""Makes tests/data/keras/*.h5 and *.keras: VGG16's trunk in the layouts that Keras's versions write, and files to be refused.

    tests/data/make_keras_golden.py          (needs h5py and numpy; Debian: python3-h5py)

The kernels have VGG16's shapes; their values are a formula with much repetition, so that gzip makes the files small:
kernel[h, w, i, o] = (h * 3 + w) + 16 * min(i, 2) + 64 * min(o, 3) + 128 * layer, bias[o] = o % 8 - layer, all divided by 8192.

    keras1.h5       groups block1_conv1 ... with block1_conv1_W_1:0 and block1_conv1_b_1:0, as in
                    vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5; pools as empty groups; layer_names, weight_names
    keras2_full.h5  a whole model as model.save wrote it: model_weights/block1_conv1/block1_conv1/kernel:0, a classifier,
                    optimizer_weights; float16; after a user block of 512 bytes
    keras3.weights.h5   layers/conv2d, layers/conv2d_1 ... /vars/0, 1, with the layer's name as attribute of vars; float16
    keras2_13.weights.h5   _layer_checkpoint_dependencies/conv2d, conv2d_2, conv2d_4 ...: no names, numbers left out; float16
    mobilenet.keras the trunk of Keras's MobileNet within another model, as Keras 3.3 writes it: a zip file with model.weights.h5,
                    whose layers are counted by class; float16. Kernel and norms of a layer, by its number in the network:
                    kernel[h, w, i, o] as above, of layer % 8; gamma, beta, mean, variance = (1 + o % 8 + 8 * (layer % 8) + 64 *
                    0, 1, 2, 3) / 256
    squeezed.keras  its weights are compressed;  other.keras: they are no HDF5 file
    misshapen.h5    block1_conv1's kernel is 5 x 5, the rest is missing
    integer.h5      block1_conv1's kernel is int32
    external.h5, virtual.h5   block1_conv1's kernel lies in another file;  links.h5: it is a soft and an external link
    loop.h5         a group that contains itself
    unwritten.h5    block1_conv1's kernel has a shape but no numbers
"""

import io
import pathlib
import zipfile

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent / "keras"
LAYERS = [(1, 1, 3, 64), (1, 2, 64, 64), (2, 1, 64, 128), (2, 2, 128, 128), (3, 1, 128, 256), (3, 2, 256, 256), (3, 3, 256, 256),
          (4, 1, 256, 512), (4, 2, 512, 512), (4, 3, 512, 512), (5, 1, 512, 512), (5, 2, 512, 512), (5, 3, 512, 512)]
NAMES = [f"block{block}_conv{number}" for block, number, _, _ in LAYERS]


def kernel(layer):
    _, _, inputs, outputs = LAYERS[layer]
    h, w, i, o = np.ogrid[:3, :3, :inputs, :outputs]
    return ((h * 3 + w) + 16 * np.minimum(i, 2) + 64 * np.minimum(o, 3) + 128 * layer) / 8192


def bias(layer):
    return (np.arange(LAYERS[layer][3]) % 8 - layer) / 8192


def packed(group, name, data):
    """One compressed chunk: small on the disk."""
    group.create_dataset(name, data=data, chunks=data.shape, compression="gzip", compression_opts=9)


def mobilenet(group):
    """27 convolutions, each with a batch norm; every other one from the second on is depthwise."""
    channels = [32, 64, 128, 128, 256, 256] + [512] * 6 + [1024] * 2
    shapes = [(3, 3, 3, 32)]
    for before, after in zip(channels, channels[1:]):
        shapes += [(3, 3, before, 1), (1, 1, before, after)]
    counts = {}

    def variables(kind):
        count = counts[kind] = counts.get(kind, -1) + 1
        return group.create_group(f"{kind}{f'_{count}' if count else ''}/vars")

    for layer, shape in enumerate(shapes):
        h, w, i, o = np.ogrid[:shape[0], :shape[1], :shape[2], :shape[3]]
        values = ((h * 3 + w) + 16 * np.minimum(i, 2) + 64 * np.minimum(o, 3) + 128 * (layer % 8)) / 8192
        packed(variables("depthwise_conv2d" if shape[3] == 1 else "conv2d"), "0", values.astype("f2"))
        norm = variables("batch_normalization")
        outputs = shape[2] if shape[3] == 1 else shape[3]
        for number in range(4):
            packed(norm, str(number), ((1 + np.arange(outputs) % 8 + 8 * (layer % 8) + 64 * number) / 256).astype("f2"))


def create(name, **options):
    return h5py.File(FOLDER / name, "w", libver="earliest", **options)


def main():
    FOLDER.mkdir(exist_ok=True)

    with create("keras1.h5") as file:
        file.attrs["layer_names"] = np.array([n.encode() for n in ["input_1"] + NAMES + ["block5_pool"]])
        for name in ("input_1", "block5_pool"):
            file.create_group(name).attrs["weight_names"] = np.array([], dtype="S1")
        for layer, name in enumerate(NAMES):
            group = file.create_group(name)
            group.attrs["weight_names"] = np.array([f"{name}_W_1:0".encode(), f"{name}_b_1:0".encode()])
            packed(group, f"{name}_W_1:0", kernel(layer).astype("f4"))
            group.create_dataset(f"{name}_b_1:0", data=bias(layer).astype("f4"))

    with create("keras2_full.h5", userblock_size=512) as file:
        weights = file.create_group("model_weights")
        for layer, name in enumerate(NAMES):
            group = weights.create_group(f"{name}/{name}")
            packed(group, "kernel:0", kernel(layer).astype("f2"))
            group.create_dataset("bias:0", data=bias(layer).astype("f2"))
            file.create_dataset(f"optimizer_weights/Adam/{name}/kernel/m:0", data=np.zeros(3, "f4"))
        weights.create_dataset("predictions/predictions/kernel:0", data=np.ones((8, 10), "f4"))
        file.create_dataset("optimizer_weights/iterations:0", data=np.int64(5))

    with create("keras3.weights.h5") as file:
        file.create_group("vars")
        for layer, name in enumerate(NAMES):
            variables = file.create_group(f"layers/conv2d{f'_{layer}' if layer else ''}/vars")
            variables.attrs["name"] = name
            packed(variables, "0", kernel(layer).astype("f2"))
            variables.create_dataset("1", data=bias(layer).astype("f2"))
        file.create_dataset("layers/dense/vars/0", data=np.ones((8, 10), "f4"))

    with create("keras2_13.weights.h5") as file:
        for layer in range(len(NAMES)):
            variables = file.create_group(f"_layer_checkpoint_dependencies/conv2d{f'_{2 * layer}' if layer else ''}/vars")
            packed(variables, "0", kernel(layer).astype("f2"))
            variables.create_dataset("1", data=bias(layer).astype("f2"))

    whole = io.BytesIO()
    with h5py.File(whole, "w", libver="latest") as file:
        mobilenet(file.create_group("layers/functional/layers"))
        file.create_dataset("layers/dense/vars/0", data=np.ones((1024, 2), "f4"))
        file.create_dataset("optimizer/vars/0", data=np.int64(5))
    for name, content, method in (("mobilenet", whole.getvalue(), zipfile.ZIP_STORED),
                                  ("squeezed", b"weights", zipfile.ZIP_DEFLATED), ("other", b"weights", zipfile.ZIP_STORED)):
        with zipfile.ZipFile(FOLDER / f"{name}.keras", "w", method) as archive:
            for member, text in (("metadata.json", b"{}"), ("config.json", b"{}"), ("model.weights.h5", content)):
                archive.writestr(zipfile.ZipInfo(member), text, method)

    path = "block1_conv1/block1_conv1_W_1:0"
    first = kernel(0).astype("f4")
    with create("misshapen.h5") as file:
        packed(file, path, np.zeros((5, 5, 3, 64), "f4"))
    with create("integer.h5") as file:
        packed(file, path, np.zeros((3, 3, 3, 64), "i4"))
    with create("external.h5") as file:
        file.create_dataset(path, shape=first.shape, dtype="f4", external=[("/etc/hostname", 0, h5py.h5f.UNLIMITED)])
    with h5py.File(FOLDER / "virtual.h5", "w", libver="latest") as file:
        layout = h5py.VirtualLayout(shape=first.shape, dtype="f4")
        layout[:] = h5py.VirtualSource("keras1.h5", path, shape=first.shape)
        file.create_virtual_dataset(path, layout)
    with create("links.h5") as file:
        file[path] = h5py.ExternalLink("keras1.h5", path)
        file["block1_conv2/block1_conv2_W_1:0"] = h5py.SoftLink("/" + path)
    with create("loop.h5") as file:
        group = file.create_group("a")
        group["a"] = group
    with create("unwritten.h5") as file:
        file.create_dataset(path, shape=first.shape, dtype="f4")

    for file in sorted(FOLDER.iterdir()):
        print(file.name, file.stat().st_size)


if __name__ == "__main__":
    main()
