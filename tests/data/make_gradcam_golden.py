#!/usr/bin/env python3
"""Makes gradcam_golden.safetensors: Grad-CAM, Grad-CAM++ and activations of a tiny VGG-shaped net by Python's torch.

    tests/data/make_gradcam_golden.py         (needs numpy and torch; Debian: python3-numpy, python3-torch)

The net is the one of tests/support/tiny_run: 3x3 convolutions with ReLU of 4 / 6 / 6 / 8 / 8, 8, 8 channels, 2x2 max poolings between,
a dense layer of 16 units and ten classes; its weights are drawn here. torch computes in float64. Grad-CAM by Selvaraju and others
2017, Grad-CAM++ as the package pytorch-grad-cam writes it; both with the class's logit, ReLU, then divided by the maximum. Content:

    <parameter>          float32   features.0.weight, ..., head.dense_2.bias
    input                float32 [2, 3, 32, 32]
    probabilities        float32 [2, 10]
    <layer>/output/<p>   float32 [channels, height, width] of picture p
    <layer>/gradcam/<p>/<class>, <layer>/gradcam++/<p>/<class>   float32 [height, width]
"""

import pathlib
import sys

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
sys.dont_write_bytecode = True
import make_weights  # noqa: E402

BLOCKS = [[4], [6], [6], [8], [8, 8, 8]]
CLASSES = (3, 7)
LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block3_pool", "block4_conv1", "block5_conv1", "block5_conv3")


def draw(rng):
    weights, stages, index, inputs = {}, [], 0, 3
    for block, convolutions in enumerate(BLOCKS, 1):
        for number, outputs in enumerate(convolutions, 1):
            name = f"features.{index}"
            weights[name + ".weight"] = rng.normal(size=(outputs, inputs, 3, 3)) * np.sqrt(2 / (inputs * 9))
            weights[name + ".bias"] = rng.normal(size=outputs) * 0.1
            stages.append((f"block{block}_conv{number}", name))
            index += 2
            inputs = outputs
        stages.append((f"block{block}_pool", None))
        index += 1
    weights["head.dense_1.weight"] = rng.normal(size=(16, inputs)) * 0.5
    weights["head.dense_1.bias"] = rng.normal(size=16) * 0.3
    weights["head.dense_2.weight"] = rng.normal(size=(10, 16)) * 0.5
    weights["head.dense_2.bias"] = rng.normal(size=10) * 0.3
    return {name: array.astype(np.float32) for name, array in weights.items()}, stages


def forward(values, tensors, stages, outputs):
    for layer, name in stages:
        if name is None:
            values = torch.nn.functional.max_pool2d(values, 2)
        else:
            values = torch.relu(torch.nn.functional.conv2d(values, tensors[name + ".weight"], tensors[name + ".bias"], padding=1))
        values.retain_grad()
        outputs[layer] = values
    values = torch.relu(torch.nn.functional.linear(values.flatten(1), tensors["head.dense_1.weight"], tensors["head.dense_1.bias"]))
    return torch.nn.functional.linear(values, tensors["head.dense_2.weight"], tensors["head.dense_2.bias"])


def gradcam(output, gradient):
    return gradient.mean(axis=(1, 2))


def gradcam_plus_plus(output, gradient):
    square = gradient**2
    alpha = square / (2 * square + output.sum(axis=(1, 2))[:, None, None] * gradient**3 + 1e-6)
    alpha = np.where(gradient != 0, alpha, 0)
    return (np.maximum(gradient, 0) * alpha).sum(axis=(1, 2))


def normalised(weights, output):
    cam = np.maximum((weights[:, None, None] * output).sum(axis=0), 0)
    return cam / cam.max() if cam.max() > 0 else cam


def main():
    rng = np.random.default_rng(4)
    weights, stages = draw(rng)
    tensors = {name: torch.from_numpy(array).double() for name, array in weights.items()}
    pictures = rng.normal(size=(2, 3, 32, 32)).astype(np.float32)
    result = dict(weights, input=pictures)
    probabilities = []
    for p in range(len(pictures)):
        for c in CLASSES:
            outputs = {}
            logits = forward(torch.from_numpy(pictures[p:p + 1]).double().requires_grad_(), tensors, stages, outputs)
            logits[0, c].backward()
            for layer in LAYERS:
                output, gradient = outputs[layer][0].detach().numpy(), outputs[layer].grad[0].numpy()
                result[f"{layer}/output/{p}"] = output
                result[f"{layer}/gradcam/{p}/{c}"] = normalised(gradcam(output, gradient), output)
                result[f"{layer}/gradcam++/{p}/{c}"] = normalised(gradcam_plus_plus(output, gradient), output)
        probabilities.append(torch.softmax(logits[0], 0).detach().numpy())
    result["probabilities"] = np.stack(probabilities)
    result = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in result.items()}
    make_weights.write_safetensors(pathlib.Path(__file__).with_name("gradcam_golden.safetensors"), result,
                                   {"made_by": "tests/data/make_gradcam_golden.py"})
    for name, array in result.items():
        if "cam" in name:
            print(name, array.shape, np.round(array.mean(), 3))


if __name__ == "__main__":
    main()
