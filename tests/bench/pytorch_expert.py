#!/usr/bin/env python3
"""A lesson as somebody writes it who knows PyTorch well: the strongest rival of Thaw on a processor.

usage: pytorch_expert.py LESSON.json --data DIR [--weights FILE] [--pictures N] [--no-compile] [--float32]

Features are computed once, by hand, in one pass that keeps them at each phase's freeze boundary; every part is tried contiguous,
channels_last and compiled, in float32 and, where the processor has products of 16 bits, in bfloat16, and its best form counts.
Rates come from N pictures (default 4,000), after a warm-up; the lesson's time is their sum in proportion. Neither compiling nor
reading the data is counted. JSON on standard output, all cores are used. The other options are those of pytorch_lesson.py.
"""
import argparse
import contextlib
import itertools
import json
import os
import sys
import time

import torch
from torch import nn

from pytorch_lesson import Lesson, boundary, build, prepare, read_cifar10, read_safetensors, subset

FORWARD_BATCH = 512


def has_bfloat16():
    with open("/proc/cpuinfo") as file:
        flags = next((line for line in file if line.startswith("flags")), "").split()
    return "avx512_bf16" in flags or "amx_bf16" in flags


def forms(options):
    """(memory format, compiled, type), the plain one first."""
    types = [torch.float32] + ([torch.bfloat16] if has_bfloat16() and not options.float32 else [])
    layouts = [("contiguous", False), ("channels_last", False)] + ([] if options.no_compile else [("channels_last", True)])
    return [(layout, compiled, dtype) for (layout, compiled), dtype in itertools.product(layouts, types)]


def name_of(form):
    layout, compiled, dtype = form
    return f"{str(dtype)[6:]}, {layout}{', compiled' if compiled else ''}"


def laid_out(tensor, layout):
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 and layout == "channels_last" else tensor


def precision(dtype):
    return contextlib.nullcontext() if dtype == torch.float32 else torch.autocast("cpu", dtype=dtype)


def rate(work, pieces):
    """Pictures a second over the pieces, after two that warm up."""
    for piece in pieces[:2]:
        work(piece)
    start = time.perf_counter()
    for piece in pieces:
        work(piece)
    return sum(len(piece) for piece in pieces) / (time.perf_counter() - start)


def forward_rate(module, x, batch, form):
    layout, compiled, dtype = form
    module = module.to(memory_format=torch.channels_last if layout == "channels_last" else torch.contiguous_format).eval()
    run = torch.compile(module) if compiled else module
    pieces = [laid_out(piece, layout) for piece in x.split(batch) if len(piece) == batch]

    def work(piece):
        with torch.inference_mode(), precision(dtype):
            run(piece)
    return rate(work, pieces)


def step_rate(module, x, y, batch, form, phase):
    layout, compiled, dtype = form
    module = module.to(memory_format=torch.channels_last if layout == "channels_last" else torch.contiguous_format).train()
    run = torch.compile(module) if compiled else module
    optimizer = torch.optim.Adam(module.parameters(), lr=phase["optimizer"]["learningRate"], eps=phase["optimizer"]["epsilon"],
                                 fused=True)
    loss_of = nn.CrossEntropyLoss()

    def work(rows):
        optimizer.zero_grad(set_to_none=True)
        with precision(dtype):
            loss = loss_of(run(laid_out(x[rows], layout)), y[rows])
        loss.backward()
        optimizer.step()
    return rate(work, [rows for rows in torch.randperm(len(x)).split(batch) if len(rows) == batch])


def best(what, options, measure):
    """The rate of the best form, and all of them by name."""
    rates = {}
    for form in forms(options):
        try:
            rates[name_of(form)] = measure(form)
        except Exception as error:  # a form that this torch cannot do is no rival
            print(f"{what}: {name_of(form)} fails: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        print(f"{what}: {name_of(form)}: {rates[name_of(form)]:.0f} images/s", file=sys.stderr)
    return rates


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lesson")
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights")
    parser.add_argument("--pictures", type=int, default=4000)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--float32", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(42)
    with open(options.lesson) as file:
        lesson = json.load(file)
    size, batch = lesson["inputSize"], lesson["batchSize"]
    train, test = read_cifar10(options.data)
    whole_train, whole_test = len(train[0]), len(test[0])
    pictures, y = subset(train, options.pictures)
    x = prepare(pictures, lesson["scaling"], size)

    weights = None if not options.weights else read_safetensors(options.weights)
    features = build(weights)
    model = Lesson(features, size)
    boundaries = [boundary(phase) for phase in lesson["phases"]]
    measured, seconds = {}, {"float32": 0.0, "best": 0.0}

    def count(what, rates, images):
        measured[what] = {name: round(value, 1) for name, value in rates.items()}
        seconds["best"] += images / max(rates.values())
        seconds["float32"] += images / max(value for name, value in rates.items() if name.startswith("float32"))

    if max(boundaries) > 0:
        trunk = features[:max(boundaries)]
        count("features", best("features", options, lambda form: forward_rate(trunk, x, FORWARD_BATCH, form)),
              whole_train + whole_test)
    for index, (phase, first) in enumerate(zip(lesson["phases"], boundaries)):
        if phase["epochs"] == 0:
            continue
        with torch.no_grad():
            cached = torch.cat([features[:first](piece) for piece in x.split(FORWARD_BATCH)])
        thawed = nn.Sequential(*features[first:], model.head)
        title = f"phase {index + 1}"
        count(f"{title}, step", best(f"{title}, step", options, lambda form: step_rate(thawed, cached, y, batch, form, phase)),
              phase["epochs"] * whole_train)
        count(f"{title}, evaluation",
              best(f"{title}, evaluation", options, lambda form: forward_rate(thawed, cached, FORWARD_BATCH, form)),
              phase["epochs"] * whole_test)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "pictures": len(x),
                      "lesson_seconds": seconds["best"], "lesson_seconds_float32": seconds["float32"],
                      "images_per_second": measured}, indent=2))


if __name__ == "__main__":
    main()
