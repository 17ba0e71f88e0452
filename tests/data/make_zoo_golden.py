#!/usr/bin/env python3
"""Makes zoo/*.json: what Python's torchvision computes with seeded weights, for the test that Thaw's networks equal it.

    python3 -m pip install --no-deps --target /tmp/lite efficientnet-lite-pytorch==0.1.0
    PYTHONPATH=/tmp/lite tests/data/make_zoo_golden.py [--float32] [NAME...]

Needs numpy, torch and torchvision (Debian: python3-numpy, python3-torch, python3-torchvision; the files come from torchvision
0.14.1). efficientnet_lite0 has no twin in torchvision; PyPI's package above gives it, and only this model needs it. Without names
every file is made; --float32 also computes in float32 and prints how far that strays (for the test's tolerance).

Seeded values, the same in C++ (uint64 wraps around):

    h(name)    = FNV-1a, 64 bits, over the name's UTF-8 bytes
    z(name, i) = splitmix64(h(name) + i * 0x9E3779B97F4A7C15)
    u(name, i) = (z >> 40) * 2^-24, in [0, 1);   v = 2u - 1;   i is the flat, row-major index

An entry NAME of the state dict is, by the first rule that fits:

    ...num_batches_tracked                              left alone
    ...running_mean                                     0.1 v
    ...running_var, ...layer_scale                      0.5 + u
    one-dimensional: ....weight                         0.5 + u
    one-dimensional: others                             0.1 v
    others                                              v * sqrt(6 / fan_in),   fan_in = number of elements / shape[0]

computed in double and rounded to float32. The pictures are 1.7 v("input", i), rounded to float32; the loss is the sum of
logits * v("loss", i). All else is computed in float64. Every number below has seven significant digits.

    model, torch, torchvision      (and package, where the module is not torchvision's)
    parameters, trunk_parameters   all, and without the classifier (CLASSIFIER below)
    multiply_adds                  of convolutions, linear layers and attention at the usual size, one picture
    state                          [[name, shape]...] in torch's order, at the usual size, without num_batches_tracked
    cases                          [{size, batch, norm, logits, gradients}]; batch_norm_training.json, in training mode, also has
                                   buffers, after the one forward pass
        norm                       L2 norm of all logits
        logits                     the first 50 of every picture
        gradients, buffers         {name: [L2 norm, p0, p1, p2]}, pk = sum of values[i] * v(name + "#" + k, i)
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import math  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402

OUT = pathlib.Path(__file__).with_name("zoo")
LITE_PACKAGE = "efficientnet-lite-pytorch 0.1.0"
GOLDEN_RATIO = 0x9E3779B97F4A7C15
CHUNK = 1 << 15
PLAIN = {"aux_logits": False, "init_weights": False, "transform_input": False}
VGG = {"init_weights": False}  # only saves time
# name: (usual size, small size, options)
MODELS = {
    "alexnet": (224, 64, {}),
    "vgg11": (224, 32, VGG), "vgg13": (224, 32, VGG), "vgg16": (224, 32, VGG), "vgg19": (224, 32, VGG),
    "vgg11_bn": (224, 32, VGG), "vgg13_bn": (224, 32, VGG), "vgg16_bn": (224, 32, VGG), "vgg19_bn": (224, 32, VGG),
    "squeezenet1_1": (224, 64, {}),
    "resnet18": (224, 64, {}), "resnet34": (224, 64, {}), "resnet50": (224, 64, {}), "resnet101": (224, 64, {}),
    "googlenet": (224, 64, PLAIN), "inception_v3": (299, 96, PLAIN),
    "mobilenet_v2": (224, 64, {}), "mobilenet_v3_small": (224, 64, {}), "mobilenet_v3_large": (224, 64, {}),
    "efficientnet_b0": (224, 64, {}), "efficientnet_lite0": (224, 64, {}),
    "densenet121": (224, 64, {}), "convnext_tiny": (224, 64, {}), "vit_b_16": (224, 64, {}),
}
CLASSIFIER = ("classifier.", "fc.", "_fc.", "heads.")


def build(name, size):
    options = MODELS[name][2]
    if name == "efficientnet_lite0":
        try:
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError:
            sys.exit("efficientnet_lite0 needs the package efficientnet_lite_pytorch: see this script's first lines")
        return EfficientNet.from_name("efficientnet-lite0", image_size=None)  # None: "same" padding from the true size
    if name == "vit_b_16":
        options = {"image_size": size}
    return getattr(torchvision.models, name)(weights=None, **options)


# ---- seeded values

def hash_name(name):
    value = 14695981039346656037
    for byte in name.encode():
        value = ((value ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return value


def draw_u(name, begin, end):
    """u(name, i) for begin <= i < end."""
    z = np.arange(begin, end, dtype=np.uint64)
    z *= np.uint64(GOLDEN_RATIO)
    z += np.uint64((hash_name(name) + GOLDEN_RATIO) & 0xFFFFFFFFFFFFFFFF)  # splitmix64's own step is in this sum
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    z >>= np.uint64(40)
    return z.astype(np.float64) * 2.0 ** -24


def draw_v(name, begin, end):
    return 2.0 * draw_u(name, begin, end) - 1.0


def fill(name, shape, draw):
    """draw(name, begin, end) for all elements, rounded to float32."""
    count = math.prod(shape)
    values = np.empty(count, np.float32)
    for begin in range(0, count, CHUNK):
        end = min(begin + CHUNK, count)
        values[begin:end] = draw(name, begin, end)
    return torch.from_numpy(values.reshape(shape))


def seed_entry(name, shape):
    if name.endswith("running_mean"):
        return fill(name, shape, lambda *span: 0.1 * draw_v(*span))
    if name.endswith(("running_var", "layer_scale")) or (len(shape) == 1 and name.endswith(".weight")):
        return fill(name, shape, lambda *span: 0.5 + draw_u(*span))
    if len(shape) == 1:
        return fill(name, shape, lambda *span: 0.1 * draw_v(*span))
    scale = math.sqrt(6.0 / (math.prod(shape) // shape[0]))
    return fill(name, shape, lambda *span: draw_v(*span) * scale)


def check_drawing():
    """numpy's whole-array arithmetic against Python's integers, and both against published values."""
    def splitmix64(x):
        mask = 0xFFFFFFFFFFFFFFFF
        x = (x + GOLDEN_RATIO) & mask
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
        return x ^ (x >> 31)

    assert hash_name("a") == 0xAF63DC4C8601EC8C and splitmix64(0) == 0xE220A8397B1DCDAF
    for name in ("input", "layer1.0.conv1.weight#2"):
        exact = [(splitmix64((hash_name(name) + i * GOLDEN_RATIO) & 0xFFFFFFFFFFFFFFFF) >> 40) * 2.0 ** -24 for i in range(70, 170)]
        assert draw_u(name, 70, 170).tolist() == exact


# ---- computing

def seeded(name, size):
    model = build(name, size)
    state = model.state_dict()
    for entry, tensor in state.items():
        if not entry.endswith("num_batches_tracked"):
            tensor.copy_(seed_entry(entry, tuple(tensor.shape)))
    return model


def count_multiply_adds(model):
    """Hooks which add to the returned list's number."""
    total, hooks = [0], []

    def convolution(module, _, output):
        total[0] += output.numel() * module.in_channels // module.groups * math.prod(module.kernel_size)

    def linear(module, _, output):
        total[0] += output.numel() * module.in_features

    def attention(module, _, output):
        batch, length, width = output[0].shape  # queries, keys and values; scores and their use; output
        total[0] += batch * (3 * length * width * width + 2 * length * length * width + length * width * width)

    for module in model.modules():
        for kind, hook in ((torch.nn.Conv2d, convolution), (torch.nn.Linear, linear), (torch.nn.MultiheadAttention, attention)):
            if isinstance(module, kind):
                hooks.append(module.register_forward_hook(hook))
    return total, hooks


def project(name, tensor):
    """[L2 norm, p0, p1, p2]"""
    values = tensor.detach().numpy().reshape(-1)
    sums = [0.0] * 4
    for begin in range(0, values.size, CHUNK):
        part = values[begin:begin + CHUNK].astype(np.float64)
        sums[0] += float(np.dot(part, part))
        for k in range(3):
            sums[k + 1] += float(np.dot(part, draw_v(f"{name}#{k}", begin, begin + part.size)))
    assert all(map(math.isfinite, sums)), name
    return [math.sqrt(sums[0])] + sums[1:]


def compute(name, size, batch, dtype=torch.float64, training=False):
    model = seeded(name, size).to(dtype).train(training)
    total, hooks = count_multiply_adds(model)
    pictures = fill("input", (batch, 3, size, size), lambda *span: 1.7 * draw_v(*span)).to(dtype)
    logits = model(pictures)
    assert logits.shape == (batch, 1000)
    for hook in hooks:
        hook.remove()
    (logits * fill("loss", (batch, 1000), draw_v).to(dtype)).sum().backward()

    logits = logits.detach().double()
    case = {"size": size, "batch": batch, "norm": float(logits.norm()), "logits": logits[:, :50].reshape(-1).tolist(),
            "gradients": {entry: project(entry, value.grad) for entry, value in model.named_parameters()}}
    if training:
        case["buffers"] = {entry: project(entry, value) for entry, value in model.named_buffers()
                           if not entry.endswith("num_batches_tracked")}
    assert math.isfinite(case["norm"]) and case["norm"] > 0 and all(map(math.isfinite, case["logits"]))
    zero = [entry for entry, (norm, *_) in case["gradients"].items() if norm == 0]
    small = [entry for entry, (norm, *_) in case["gradients"].items() if 0 < norm < 1e-9 * case["norm"]]
    for label, entries in (("all zero", zero), ("tiny", small)):
        if entries:
            print(f"    {name} at {size}: gradients {label}: {', '.join(entries)}", flush=True)
    return case, model, total[0] // batch


# ---- writing

def number(value):
    return f"{value:.7g}"


def write_numbers(values):
    return "[" + ",".join(map(number, values)) + "]"


def write_table(table):
    return "{\n" + ",\n".join(f'"{entry}":{write_numbers(values)}' for entry, values in table.items()) + "}"


def write_case(case):
    text = f'{{"size":{case["size"]},"batch":{case["batch"]},"norm":{number(case["norm"])},\n'
    text += f'"logits":{write_numbers(case["logits"])},\n"gradients":{write_table(case["gradients"])}'
    if "buffers" in case:
        text += f',\n"buffers":{write_table(case["buffers"])}'
    return text + "}"


def write_file(file_name, head, state, cases):
    text = "{" + ",".join(f'"{key}":' + (f'"{value}"' if isinstance(value, str) else str(value)) for key, value in head.items())
    if state:
        text += ',\n"state":[\n' + ",\n".join(f'["{entry}",[{",".join(map(str, shape))}]]' for entry, shape in state) + "]"
    text += ',\n"cases":[\n' + ",\n".join(map(write_case, cases)) + "]}\n"
    (OUT / f"{file_name}.json").write_text(text)


def deviation(case, other):
    """How far the second of two cases strays: logits against their root mean square, gradients against their norms."""
    root_mean_square = case["norm"] / math.sqrt(1000 * case["batch"])
    logits = max(abs(a - b) for a, b in zip(case["logits"], other["logits"])) / root_mean_square
    worst, entry = max((max(abs(a - b) for a, b in zip(values, other["gradients"][entry])) / (values[0] or 1), entry)
                       for entry, values in case["gradients"].items())
    return f"float32 strays: logits {logits:.1e}, gradients {worst:.1e} ({entry})"


def main():
    arguments = sys.argv[1:]
    compare = "--float32" in arguments
    names = [argument for argument in arguments if argument != "--float32"] or [*MODELS, "batch_norm_training"]
    torch.set_num_threads(1)
    check_drawing()
    OUT.mkdir(exist_ok=True)
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
    print(f"{'model':20}{'parameters':>12}{'trunk':>12}{'multiply-adds':>16}{'bytes':>8}{'seconds':>9}")
    for name in names:
        start = time.monotonic()
        cases, notes = [], []
        training = name == "batch_norm_training"
        module = "resnet18" if training else name
        sizes = [(64, 4)] if training else [(MODELS[name][0], 1), (MODELS[name][1], 2)]
        for size, batch in sizes:
            case, model, multiply_adds = compute(module, size, batch, training=training)
            if not cases:
                head_adds = multiply_adds
                state = [(entry, tuple(tensor.shape)) for entry, tensor in model.state_dict().items()
                         if not entry.endswith("num_batches_tracked")]
                parameters = sum(value.numel() for value in model.parameters())
                trunk = sum(value.numel() for entry, value in model.named_parameters() if not entry.startswith(CLASSIFIER))
                assert trunk < parameters
            cases.append(case)
            del model
            norms = [values[0] for values in case["gradients"].values()]
            note = f"    {size} px, batch {batch}: logits' norm {case['norm']:.3g}, gradients' norms {min(norms):.3g} to {max(norms):.3g}"
            if compare:
                note += "; " + deviation(case, compute(module, size, batch, torch.float32, training)[0])
            notes.append(note)
        if training:
            write_file(name, {"model": module, **versions, "mode": "train"}, [], cases)
        else:
            package = {"package": LITE_PACKAGE} if name == "efficientnet_lite0" else {}
            write_file(name, {"model": name, **versions, **package, "parameters": parameters, "trunk_parameters": trunk,
                              "multiply_adds": head_adds}, state, cases)
        length = (OUT / f"{name}.json").stat().st_size
        print(f"{name:20}{parameters:12,}{trunk:12,}{head_adds:16,}{length:8}{time.monotonic() - start:9.1f}", flush=True)
        print("\n".join(notes), flush=True)


if __name__ == "__main__":
    main()
