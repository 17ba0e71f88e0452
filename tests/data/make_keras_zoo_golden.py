#!/usr/bin/env python3
"""Makes zoo/*_keras.json: what Keras's own networks compute with seeded weights, for the test that Thaw's networks equal them.

    python3 -m pip install keras==3.15.1 jax==0.10.2 h5py
    tests/data/make_keras_zoo_golden.py [--files FOLDER] [NAME...]

zoo_golden.py says how the numbers are drawn and what the files hold; "keras" and "backend" stand in place of torch's versions.
Weights are drawn by the names and in the shapes that Thaw gives them, then turned into Keras's order. Without names every file is
made. --files writes each network with these weights to FOLDER instead, as NAME.h5, NAME.weights.h5 and NAME.keras, to try
thaw-cli with.

keras/layers.json is made in either case: by network, the kind and the name of every layer with weights, in the order of Keras's
model.layers.

A name of Thaw's is that of Keras's layer and what PyTorch calls its tensor. Layers to which Keras gave a number (conv2d_12) are
counted from the network's first one.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import json  # noqa: E402
import math  # noqa: E402
import pathlib  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from zoo_golden import OUT, check_drawing, draw_v, fill, project, seed_entry, write_file  # noqa: E402

# name: (function of keras.applications, usual size, small size)
MODELS = {
    "resnet50_keras": ("ResNet50", 224, 64), "inception_v3_keras": ("InceptionV3", 299, 96),
    "xception_keras": ("Xception", 299, 96), "mobilenet_v2_keras": ("MobileNetV2", 224, 75),
    "mobilenet_keras": ("MobileNet", 224, 64),
}
CLASSIFIER = ("predictions.", "conv_preds.")
ENDS = {"kernel": "weight", "gamma": "weight", "bias": "bias", "beta": "bias", "moving_mean": "running_mean",
        "moving_variance": "running_var", "pointwise_kernel": "pointwise.weight"}


def build(name, size, files=False):
    keras.backend.clear_session()
    keras.config.set_floatx("float32" if files else "float64")
    activation = "softmax" if files else None
    return getattr(keras.applications, MODELS[name][0])(weights=None, input_shape=(size, size, 3), classifier_activation=activation)


def widest(*dtypes):
    return "float64" if "float64" in map(str, dtypes) else result_type(*dtypes)


# Outside TensorFlow Keras knows no wider type than float32: its batch norms would round the values of a float64 network, and
# single units at the kinks of ReLU6 would move gradients by 4e-3.
result_type, keras.src.backend.result_type = keras.src.backend.result_type, widest


def thaw_names(model):
    """[(Thaw's name, variable)...]"""
    counts, names = {}, []
    for layer in sorted(model.layers, key=lambda one: number_of(one.name)):
        own = layer.name
        if match := re.fullmatch(r"(conv2d|batch_normalization)(_\d+)?", own):
            count = counts[match[1]] = counts.get(match[1], -1) + 1
            own = match[1] + (f"_{count}" if count else "")
        for variable in layer.weights:
            separable = isinstance(layer, keras.layers.SeparableConv2D)
            end = ENDS.get(variable.name) or ("depthwise.weight" if separable else "weight")
            names.append((f"{own}.{end}", variable))
    return names


def number_of(name):
    match = re.fullmatch(r".*_(\d+)", name)
    return int(match[1]) if match else 0


def to_torch(values):
    """Height, width, in, out to out, in, height, width; Keras's depthwise kernels are height, width, channels, 1."""
    if values.ndim == 4:
        return values.transpose((3, 2, 0, 1) if values.shape[3] > 1 else (2, 3, 0, 1))
    return values.transpose() if values.ndim == 2 else values


def seed(model):
    for name, variable in thaw_names(model):
        shape = to_torch(np.empty(variable.shape, bool)).shape
        drawn = seed_entry(name, shape)
        if drawn.ndim == 4:
            drawn = drawn.transpose((2, 3, 1, 0) if variable.shape[3] > 1 else (2, 3, 0, 1))
        variable.assign(drawn.transpose() if drawn.ndim == 2 else drawn)


def count_multiply_adds(model):
    total = 0
    for layer in model.layers:
        spots = math.prod(layer.output.shape[1:-1])
        if isinstance(layer, keras.layers.SeparableConv2D):
            total += spots * sum(math.prod(kernel.shape) for kernel in (layer.depthwise_kernel, layer.pointwise_kernel))
        elif isinstance(layer, (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)):
            total += spots * math.prod(layer.kernel.shape)
    return total


def compute(name, size, batch):
    model = build(name, size)
    seed(model)
    pictures = fill("input", (batch, 3, size, size), lambda *span: 1.7 * draw_v(*span)).astype(np.float64).transpose(0, 2, 3, 1)
    factors = fill("loss", (batch, 1000), draw_v).astype(np.float64)
    others = [variable.value for variable in model.non_trainable_variables]

    def loss(trained):
        logits, _ = model.stateless_call(trained, others, jnp.asarray(pictures), training=False)
        return (logits * factors).sum(), logits

    trained = [variable.value for variable in model.trainable_variables]
    gradients, logits = jax.jit(jax.grad(loss, has_aux=True))(trained)
    logits = np.asarray(logits)
    assert logits.shape == (batch, 1000) and logits.dtype == np.float64
    names = {id(variable): entry for entry, variable in thaw_names(model)}
    entries = [names[id(variable)] for variable in model.trainable_variables]
    case = {"size": size, "batch": batch, "norm": float(np.linalg.norm(logits)), "logits": logits[:, :50].reshape(-1).tolist(),
            "gradients": {entry: project(entry, np.ascontiguousarray(to_torch(np.asarray(value))))
                          for entry, value in zip(entries, gradients)}}
    return case, model


def write_layers():
    layers = {}
    for name, (_, usual, _) in MODELS.items():
        model = build(name, usual)
        names = {id(variable): entry for entry, variable in thaw_names(model)}
        layers[name] = []
        for layer in model.layers:
            kind = keras.src.utils.naming.to_snake_case(type(layer).__name__)
            entry = names[id(layer.weights[0])] if layer.weights else ""
            if layer.weights and not entry.startswith(CLASSIFIER):
                end = ".depthwise.weight" if kind == "separable_conv2d" else "." + entry.rsplit(".", 1)[1]
                layers[name].append([kind, entry[:-len(end)]])
    text = ",\n".join(f'"{name}": {json.dumps(entries)}' for name, entries in layers.items())
    (OUT.parent / "keras" / "layers.json").write_text("{" + text + "}\n")


def write_files(name, folder):
    model = build(name, MODELS[name][1], files=True)
    seed(model)
    folder.mkdir(parents=True, exist_ok=True)
    for end in (".h5", ".keras"):
        model.save(folder / (name + end))
    model.save_weights(folder / (name + ".weights.h5"))


def main():
    arguments = sys.argv[1:]
    folder = None
    if "--files" in arguments:
        at = arguments.index("--files")
        folder = pathlib.Path(arguments[at + 1])
        del arguments[at:at + 2]
    check_drawing()
    write_layers()
    for name in arguments or MODELS:
        start = time.monotonic()
        if folder:
            write_files(name, folder)
            continue
        function, usual, small = MODELS[name]
        cases = []
        for size, batch in ((usual, 1), (small, 2)):
            case, model = compute(name, size, batch)
            if not cases:
                state = [(entry, to_torch(np.empty(variable.shape, bool)).shape) for entry, variable in thaw_names(model)]
                multiply_adds = count_multiply_adds(model)
                trained = {id(variable) for variable in model.trainable_variables}
                counts = [(entry, math.prod(variable.shape)) for entry, variable in thaw_names(model) if id(variable) in trained]
            cases.append(case)
            norms = [values[0] for values in case["gradients"].values()]
            print(f"{name} {size} px: logits' norm {case['norm']:.3g}, gradients' norms {min(norms):.3g} to {max(norms):.3g}",
                  flush=True)
        head = {"model": function, "keras": keras.__version__, "backend": f"jax {jax.__version__}",
                "parameters": sum(size for _, size in counts),
                "trunk_parameters": sum(size for entry, size in counts if not entry.startswith(CLASSIFIER)),
                "multiply_adds": multiply_adds}
        write_file(name, head, state, cases)
        print(f"{name}: {(OUT / (name + '.json')).stat().st_size} bytes, {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
