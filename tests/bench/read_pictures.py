#!/usr/bin/env python3
"""Files/s at which Python makes squares of pictures, in one thread: PIL as torchvision's ImageFolder, and torchvision.io.

LIST has the files' paths, one a line:  python3 read_pictures.py SIDE LIST
"""
import json
import sys
import time


def seconds(read, files):
    begin = time.perf_counter()
    for file in files:
        read(file)
    return time.perf_counter() - begin


def with_pil(side):
    from PIL import Image

    def read(file):
        with Image.open(file) as picture:
            picture = picture.convert("RGB")
        crop = min(picture.size)
        left, top = (picture.width - crop) // 2, (picture.height - crop) // 2
        return picture.resize((side, side), Image.BILINEAR, (left, top, left + crop, top + crop))
    return read


def with_torchvision(side):
    import torch
    from torchvision.io import ImageReadMode, read_image
    from torchvision.transforms.functional import center_crop, resize
    torch.set_num_threads(1)
    return lambda file: center_crop(resize(read_image(file, ImageReadMode.RGB), [side], antialias=True), [side])


def main():
    side, files = int(sys.argv[1]), open(sys.argv[2]).read().splitlines()
    rates = {}
    for name, make in (("pil", with_pil), ("torchvision.io", with_torchvision)):
        try:
            read = make(side)
            seconds(read, files[:20])
            rates[name] = len(files) / seconds(read, files)
        except (ImportError, RuntimeError) as error:
            rates[name] = None
            print(f"{name} is left out: {error}", file=sys.stderr)
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
