#!/usr/bin/env python3
"""Makes optimizer_golden.json: parameters after each of some steps of PyTorch's optimisers.

    tests/data/make_optimizer_golden.py      (needs torch; Debian: python3-torch)

One parameter of five float32 numbers; the gradients are given by a formula that the test repeats, in float32:
gradient[i] of step t (from 1) is ((i * 7 + t * 5) % 11 - 5) / 8, exact in binary.
"""

import json
import pathlib

import torch

STEPS = 6
START = [0.5, -1.25, 2.0, 0.03125, -0.75]
CASES = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd_decay": (torch.optim.SGD, dict(lr=0.1, weight_decay=0.05)),
    "sgd_momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    "sgd_nesterov_decay": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05)),
    "adam": (torch.optim.Adam, dict(lr=0.01, eps=1e-7)),
    "adam_decay": (torch.optim.Adam, dict(lr=0.01, betas=(0.8, 0.95), eps=1e-5, weight_decay=0.05)),
    "adamw": (torch.optim.AdamW, dict(lr=0.01, eps=1e-7, weight_decay=0.05)),
}


def main():
    result = {}
    for name, (kind, options) in CASES.items():
        parameter = torch.tensor(START, requires_grad=True)
        optimizer = kind([parameter], **options)
        steps = []
        for t in range(1, STEPS + 1):
            parameter.grad = torch.tensor([((i * 7 + t * 5) % 11 - 5) / 8 for i in range(len(START))])
            optimizer.step()
            steps.append([float(value) for value in parameter.detach()])
        result[name] = steps
    pathlib.Path(__file__).with_name("optimizer_golden.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
