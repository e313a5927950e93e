"""Draw photos for the benchmarks of indexing.

    python xtask/peers/draw_photos.py FOLDER 640x480:300:jpeg 8000x6000:10:png …

Kinds: jpeg, progressive-jpeg, turned-jpeg (a quarter turn by EXIF), png. No two photos are alike, and each has the gradients, texture
and edges that make a decoder work as hard as a camera's file does. Seeded: two runs write the same files.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw


ORIENTATION = 0x0112
TURNED = Image.Exif()
TURNED[ORIENTATION] = 6

# The fastest compression: what a PNG costs to decode hardly depends on it.
KINDS = {
    "jpeg": (".jpg", {"quality": 90}),
    "progressive-jpeg": (".jpg", {"quality": 90, "progressive": True}),
    "turned-jpeg": (".jpg", {"quality": 90, "exif": TURNED}),
    "png": (".png", {"compress_level": 1}),
}


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for batch in sys.argv[2:]:
        size, count, kind = batch.split(":")
        width, height = (int(side) for side in size.split("x"))
        suffix, options = KINDS[kind]
        rng = np.random.default_rng([width, height, list(KINDS).index(kind)])
        base = textured(width, height, rng)
        for number in range(int(count)):
            photo = base.copy()
            add_shapes(photo, rng)
            photo.save(folder / f"{size}-{kind}-{number:04}{suffix}", **options)
        print(f"{count} photos of {size}, {kind}")


def textured(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    """Coarse and fine noise on a gradient: about the bits per pixel of a photo."""
    layers = np.zeros((height, width, 3), dtype=np.float32)
    for cells, strength in [(4, 70), (24, 35), (160, 18)]:
        small = rng.normal(0, strength, (cells, cells, 3)).clip(-127, 127) + 128
        patch = Image.fromarray(small.astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
        layers += np.asarray(patch, dtype=np.float32) - 128
    layers += rng.normal(0, 5, (height, width, 1)).astype(np.float32)
    return Image.fromarray((layers + 128).clip(0, 255).astype(np.uint8))


def add_shapes(photo: Image.Image, rng: np.random.Generator) -> None:
    """A dozen shapes that make this photo differ from the others of its size."""
    pen = ImageDraw.Draw(photo)
    width, height = photo.size
    for _ in range(12):
        x, y = rng.uniform(-0.1, 0.9) * width, rng.uniform(-0.1, 0.9) * height
        box = [x, y, x + rng.uniform(0.05, 0.4) * width, y + rng.uniform(0.05, 0.4) * height]
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        (pen.ellipse if rng.random() < 0.5 else pen.rectangle)(box, fill=colour)


if __name__ == "__main__":
    main()
