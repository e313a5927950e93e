"""Pictures drawn by a seeded generator: no picture of anybody else's is needed to compare two programs."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

# EXIF tag and value: turn by 90 degrees clockwise to see the picture upright
ORIENTATION_TAG, TURN_RIGHT = 0x0112, 6


def draw(width: int, height: int, seed: int, grain: float = 1.0) -> Image.Image:
    """An RGB picture with slow colour gradients, soft grain, and shapes with sharp edges, like a photo has.

    Without grain a PNG of it is small.
    """
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    layers = []
    for _ in range(3):
        angle, frequency, phase = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 2.5), rng.uniform(0, 2 * np.pi)
        layers.append(rng.uniform(40, 215) + 70 * np.sin(frequency * (x * np.cos(angle) + y * np.sin(angle)) * np.pi + phase))
    noise = rng.normal(0, rng.uniform(2, 18), (height, width, 3))
    pixels = np.stack(layers, axis=-1) + grain * noise
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))

    pen = ImageDraw.Draw(image)
    short = min(width, height)
    for _ in range(int(rng.integers(3, 12))):
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        left, top = rng.uniform(-0.2, 0.9) * width, rng.uniform(-0.2, 0.9) * height
        box = [left, top, left + rng.uniform(0.05, 0.6) * width, top + rng.uniform(0.05, 0.6) * height]
        kind = rng.integers(0, 3)
        if kind == 0:
            pen.ellipse(box, fill=colour)
        elif kind == 1:
            pen.rectangle(box, fill=colour)
        else:
            pen.line(box, fill=colour, width=max(1, int(rng.uniform(0.01, 0.06) * short)))
    return image


def write_set(folder: Path) -> list[str]:
    """Write pictures of many shapes and encodings into `folder`; returns their names, sorted.

    None is wider or taller than 2:1, where Kindred takes several crops, and none is transparent, where it paints white below: the
    reference programs do neither.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw(224, 224, 1).save(folder / "exact-224.png")
    draw(640, 480, 2).save(folder / "landscape.png")
    draw(333, 517, 3).save(folder / "odd-portrait.png")
    draw(97, 71, 4).save(folder / "tiny.png")
    draw(1000, 520, 5).save(folder / "wide.png")
    draw(400, 300, 6).convert("L").save(folder / "grey.png")
    draw(320, 320, 7).quantize(200).save(folder / "palette.png")
    draw(301, 226, 8).save(folder / "lossless.webp", lossless=True)
    draw(640, 427, 9).save(folder / "subsampled.jpg", quality=92, subsampling="4:2:0")
    draw(800, 601, 10).save(folder / "full-colour.jpg", quality=95, subsampling="4:4:4")
    draw(500, 375, 11).convert("L").save(folder / "grey.jpg", quality=90)
    draw(2400, 1800, 12).save(folder / "large.jpg", quality=90)
    draw(300, 452, 13).save(folder / "한글 사진.png")
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = TURN_RIGHT
    draw(480, 360, 14).save(folder / "turned.jpg", quality=95, exif=exif)
    draw(350, 350, 15).save(folder / "square.bmp")
    draw(450, 300, 16).save(folder / "strip.tiff")
    return sorted(path.name for path in folder.iterdir())


def open_upright(path: Path) -> Image.Image:
    """The picture as RGB, turned as its EXIF orientation says."""
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")
