"""Draws the program's icon, in every size and container that the systems want: python3 src-tauri/icons/draw.py

Two photos that overlap: what they share is bright. Nothing but Python is needed.
"""

import math
import struct
import zlib
from pathlib import Path

HERE = Path(__file__).parent
PNG = {"32x32.png": 32, "128x128.png": 128, "128x128@2x.png": 256, "icon.png": 512}
ICO = (16, 24, 32, 48, 64, 256)
# The four letters by which macOS knows each size.
ICNS = {"icp4": 16, "icp5": 32, "ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512}

TOP, BOTTOM = (58, 76, 168), (24, 28, 74)
LEFT, RIGHT, SHARED = (94, 179, 255), (255, 156, 107), (255, 244, 226)


def mixed(one, other, share):
    return tuple(a + (b - a) * share for a, b in zip(one, other))


def coverage(distance):
    """How much of a pixel lies inside an edge that is `distance` pixels outside its centre."""
    return min(1.0, max(0.0, 0.5 - distance))


def rounded_square(x, y, half, radius):
    """Signed distance to a square around the origin."""
    dx, dy = abs(x) - half + radius, abs(y) - half + radius
    return math.hypot(max(dx, 0.0), max(dy, 0.0)) + min(max(dx, dy), 0.0) - radius


def pixel(x, y, size):
    """RGBA at a pixel's centre; `size` pixels are the whole icon."""
    u, v = x + 0.5 - size / 2, y + 0.5 - size / 2
    alpha = coverage(rounded_square(u, v, size * 0.46, size * 0.105))
    colour = mixed(TOP, BOTTOM, (y + 0.5) / size)
    apart, half, radius = size * 0.09, size * 0.185, size * 0.06
    left = coverage(rounded_square(u + apart, v + apart, half, radius))
    right = coverage(rounded_square(u - apart, v - apart, half, radius))
    colour = mixed(colour, LEFT, left)
    colour = mixed(colour, RIGHT, right)
    colour = mixed(colour, SHARED, left * right)
    return bytes(round(channel) for channel in colour) + bytes([round(255 * alpha)])


def png(size):
    rows = b"".join(
        b"\0" + b"".join(pixel(x, y, size) for x in range(size)) for y in range(size)
    )

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def ico(pictures):
    place = 6 + 16 * len(pictures)
    entries, data = b"", b""
    for size, picture in pictures:
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), place + len(data))
        data += picture
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + data


def icns(pictures):
    body = b"".join(kind.encode() + struct.pack(">I", 8 + len(picture)) + picture for kind, picture in pictures)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main():
    drawn = {size: png(size) for size in {*PNG.values(), *ICO, *ICNS.values()}}
    for name, size in PNG.items():
        (HERE / name).write_bytes(drawn[size])
    (HERE / "icon.ico").write_bytes(ico([(size, drawn[size]) for size in ICO]))
    (HERE / "icon.icns").write_bytes(icns([(kind, drawn[size]) for kind, size in ICNS.items()]))


if __name__ == "__main__":
    main()
