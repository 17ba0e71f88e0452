"""What the scripts that make zoo/*.json share: how the numbers are drawn, seen and written.

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

import math
import pathlib

import numpy as np

GOLDEN_RATIO = 0x9E3779B97F4A7C15
CHUNK = 1 << 15


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
    return values.reshape(shape)


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


# ---- seeing

def project(name, values):
    """[L2 norm, p0, p1, p2]"""
    values = values.reshape(-1)
    sums = [0.0] * 4
    for begin in range(0, values.size, CHUNK):
        part = values[begin:begin + CHUNK].astype(np.float64)
        sums[0] += float(np.dot(part, part))
        for k in range(3):
            sums[k + 1] += float(np.dot(part, draw_v(f"{name}#{k}", begin, begin + part.size)))
    assert all(map(math.isfinite, sums)), name
    return [math.sqrt(sums[0])] + sums[1:]


# ---- writing

OUT = pathlib.Path(__file__).with_name("zoo")


def number(value):
    return f"{value:.7g}"


def rounded(value):
    """The same where values stand in dictionaries and lists, for a file that json writes."""
    if isinstance(value, float):
        assert math.isfinite(value)
        return float(number(value))
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


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
