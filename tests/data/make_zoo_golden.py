#!/usr/bin/env python3
"""Makes zoo/*.json: what Python's torchvision computes with seeded weights, for the test that Thaw's networks equal it.

    python3 -m pip install --no-deps --target /tmp/lite efficientnet-lite-pytorch==0.1.0
    PYTHONPATH=/tmp/lite tests/data/make_zoo_golden.py [--float32] [NAME...]

Needs numpy, torch and torchvision (Debian: python3-numpy, python3-torch, python3-torchvision; the files come from torchvision
0.14.1). efficientnet_lite0 has no twin in torchvision; PyPI's package above gives it, and only this model needs it. Without names
every file is made; --float32 also computes in float32 and prints how far that strays (for the test's tolerance).

zoo_golden.py says how the numbers are drawn and what the files hold.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import math  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import torch  # noqa: E402
import torchvision  # noqa: E402
from zoo_golden import OUT, check_drawing, draw_v, fill, project, seed_entry, write_file  # noqa: E402

LITE_PACKAGE = "efficientnet-lite-pytorch 0.1.0"
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


# ---- computing

def seeded(name, size):
    model = build(name, size)
    state = model.state_dict()
    for entry, tensor in state.items():
        if not entry.endswith("num_batches_tracked"):
            tensor.copy_(torch.from_numpy(seed_entry(entry, tuple(tensor.shape))))
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


def compute(name, size, batch, dtype=torch.float64, training=False):
    model = seeded(name, size).to(dtype).train(training)
    total, hooks = count_multiply_adds(model)
    pictures = torch.from_numpy(fill("input", (batch, 3, size, size), lambda *span: 1.7 * draw_v(*span))).to(dtype)
    logits = model(pictures)
    assert logits.shape == (batch, 1000)
    for hook in hooks:
        hook.remove()
    (logits * torch.from_numpy(fill("loss", (batch, 1000), draw_v)).to(dtype)).sum().backward()

    logits = logits.detach().double()
    case = {"size": size, "batch": batch, "norm": float(logits.norm()), "logits": logits[:, :50].reshape(-1).tolist(),
            "gradients": {entry: project(entry, value.grad.numpy()) for entry, value in model.named_parameters()}}
    if training:
        case["buffers"] = {entry: project(entry, value.detach().numpy()) for entry, value in model.named_buffers()
                           if not entry.endswith("num_batches_tracked")}
    assert math.isfinite(case["norm"]) and case["norm"] > 0 and all(map(math.isfinite, case["logits"]))
    zero = [entry for entry, (norm, *_) in case["gradients"].items() if norm == 0]
    small = [entry for entry, (norm, *_) in case["gradients"].items() if 0 < norm < 1e-9 * case["norm"]]
    for label, entries in (("all zero", zero), ("tiny", small)):
        if entries:
            print(f"    {name} at {size}: gradients {label}: {', '.join(entries)}", flush=True)
    return case, model, total[0] // batch


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
