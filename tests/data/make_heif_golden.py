#!/usr/bin/env python3
"""Draws small HEIC and AVIF pictures for tst_heif_picture: a red, a green, a blue and a white quarter, 64 x 48 pixels.

Needs Debian's python3-numpy and libheif-examples (heif-enc). Writes tests/data/heif."""
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "heif"
WIDTH, HEIGHT = 64, 48


def quarters():
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:HEIGHT // 2, :WIDTH // 2] = 255, 0, 0
    picture[:HEIGHT // 2, WIDTH // 2:] = 0, 255, 0
    picture[HEIGHT // 2:, :WIDTH // 2] = 0, 0, 255
    picture[HEIGHT // 2:, WIDTH // 2:] = 255
    return picture


def png(picture):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    height, width, channels = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    head = struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


FOLDER.mkdir(exist_ok=True)
clear = np.dstack([quarters(), np.full((HEIGHT, WIDTH), 255, np.uint8)])
clear[:HEIGHT // 2, :WIDTH // 2, 3] = 0  # the red quarter is transparent
with tempfile.TemporaryDirectory() as folder:
    for name, picture, options in (("quarters.heic", quarters(), []), ("clear.heic", clear, []),
                                   ("quarters.avif", quarters(), ["-A"])):
        source = Path(folder) / "picture.png"
        source.write_bytes(png(picture))
        subprocess.run(["heif-enc", "-q", "90", "-p", "chroma=444", *options, "-o", str(FOLDER / name), str(source)], check=True)
