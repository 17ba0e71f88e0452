#!/usr/bin/env python3
"""Makes tests/data/torch/*: small files as torch.save writes them, and what is in them.

    tests/data/make_torch_golden.py          (needs torch; made with Debian's python3-torch 1.13)

    zip.pth, legacy.pth        state_dict of a tiny net: float32 and int64, a tensor with no dimensions
    zip_protocol4.pth          the same with pickle protocol 4
    zip_types.pth, legacy_types.pth   every type; a transposed tensor, two views of one storage, an empty tensor, Parameters
    zip_checkpoint.pth, legacy_checkpoint.pth   {"epoch", "best", "state_dict", "optimizer", "names"} as training scripts write
    expected_*.safetensors     the tensors of the above, by name
    zip_module.pth, legacy_module.pth   a whole module: refused
    zip_system.pth, legacy_system.pth   a pickle that would run a command: refused

Legacy files name their storages after memory addresses, so their bytes differ from one making to the next.
"""

import collections
import os
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "packaging"))
sys.dont_write_bytecode = True
import make_weights  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent / "torch"
make_weights.DTYPES.update({"float16": "F16", "float64": "F64", "int64": "I64", "int32": "I32", "int16": "I16", "bool": "BOOL",
                            "uint16": "BF16"})


class Command:
    def __reduce__(self):
        return (os.system, ("echo this must never run",))


def fill(shape, dtype, start):
    count = int(np.prod(shape))
    return (torch.arange(count, dtype=torch.float64) * 0.25 - start).reshape(shape).to(dtype)


def save(name, value, protocol=2):
    torch.save(value, FOLDER / f"zip{name}.pth", pickle_protocol=protocol)
    if protocol == 2:
        torch.save(value, FOLDER / f"legacy{name}.pth", _use_new_zipfile_serialization=False)


def expect(name, tensors):
    arrays = {}
    for key, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        if tensor.dtype == torch.bfloat16:  # numpy has no such type: its bits stand for it
            arrays[key] = tensor.view(torch.int16).numpy().view(np.uint16)
        else:
            arrays[key] = tensor.numpy()
    make_weights.write_safetensors(FOLDER / f"expected{name}.safetensors", arrays, {"made_by": "tests/data/make_torch_golden.py"})


def main():
    FOLDER.mkdir(exist_ok=True)
    net = torch.nn.Sequential(collections.OrderedDict(
        conv=torch.nn.Conv2d(2, 3, 2), norm=torch.nn.BatchNorm2d(3), dense=torch.nn.Linear(3, 2)))
    for number, (name, tensor) in enumerate(net.state_dict().items()):
        tensor.copy_(fill(tensor.shape, tensor.dtype, number))
    save("", net.state_dict())
    save("_protocol4", net.state_dict(), protocol=4)
    expect("", net.state_dict())

    shared = fill((6, 4), torch.float32, 0)
    types = {
        "half": fill((3,), torch.float16, 1), "bfloat16": fill((2, 2), torch.bfloat16, 2), "double": fill((5,), torch.float64, 3),
        "int64": torch.tensor([-5, 2 ** 40]), "int32": torch.tensor([-7, 8], dtype=torch.int32),
        "int16": torch.tensor([[-300], [301]], dtype=torch.int16), "int8": torch.tensor([-128, 127], dtype=torch.int8),
        "uint8": torch.tensor([0, 255], dtype=torch.uint8), "bool": torch.tensor([True, False, True]),
        "transposed": fill((3, 4, 2), torch.float32, 4).permute(2, 0, 1), "empty": torch.zeros(0, 3),
        "view.first": shared[:2], "view.columns": shared[:, 1:3], "parameter": torch.nn.Parameter(fill((2,), torch.float32, 5)),
    }
    save("_types", types)
    expect("_types", types)

    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    net.eval()
    net.dense(net.norm(net.conv(torch.ones(1, 2, 2, 2))).flatten(1)).sum().backward()
    optimizer.step()
    state = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    save("_checkpoint", {"epoch": 3, "best": 0.5, "arch": "tiny", "done": False, "state_dict": collections.OrderedDict(state),
                         "optimizer": optimizer.state_dict(), "names": ["cat", "dog"], "nothing": None, "big": 2 ** 40,
                         "pair": (1, -2)})
    wanted = {f"state_dict.{name}": tensor for name, tensor in state.items()}
    for index, moments in optimizer.state_dict()["state"].items():
        for name, tensor in moments.items():
            wanted[f"optimizer.state.{index}.{name}"] = tensor
    expect("_checkpoint", wanted)

    save("_module", torch.nn.Identity())
    save("_system", {"conv.weight": Command()})


if __name__ == "__main__":
    main()
