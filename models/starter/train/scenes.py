"""Drawn scenes: shapes, colours, counts, positions, patterns and simple landscapes, with sentences that describe them.

A part of the combinations is held out: training never draws or names one, tests draw nothing else.

    python scenes.py             # writes data/scenes.{images.npy,json} and a sheet of examples
"""

import colorsys
import json
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 80
SCALE = 3
SEED = 7
COUNT = 40_000

COLOURS = {
    "red": (215, 40, 40), "green": (40, 160, 70), "blue": (45, 85, 205), "yellow": (240, 210, 50), "orange": (240, 140, 40),
    "purple": (130, 60, 175), "pink": (240, 140, 180), "brown": (120, 75, 40), "black": (20, 20, 20), "white": (245, 245, 245),
    "gray": (130, 130, 130),
}
SHAPES = ("circle", "square", "triangle", "star", "ring", "heart", "cross", "diamond")
COUNTS = ("one", "two", "three", "four", "five")
PLACES = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1), "middle": (0, 0)}
SIZES = {"small": 0.5, "large": 1.45}
PATTERNS = ("stripes", "dots", "chessboard")
LANDSCAPES = (
    "a sunset over the sea", "a snowy mountain under a blue sky", "a green meadow under a blue sky", "a starry night with a moon",
    "a rainbow in the sky", "a house with a red roof", "a tree in a field", "a sailing boat on the sea", "a car on a road",
    "a night city with lit windows", "a desert with sand dunes", "a flower", "a smiling face", "a page of text",
)

HELD_OUT_PAIRS = {
    ("red", "triangle"), ("blue", "circle"), ("green", "star"), ("yellow", "square"), ("orange", "heart"), ("purple", "ring"),
    ("pink", "diamond"), ("black", "cross"), ("white", "circle"), ("brown", "triangle"),
}
"""(colour, shape)"""
HELD_OUT_COUNTS = {("three", "star"), ("two", "heart"), ("four", "circle")}
"""(count, shape)"""


def plural(shape):
    return {"cross": "crosses", "box": "boxes"}.get(shape, shape + "s")


def article(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def is_held_out(scene):
    return any((part["colour"], part["shape"]) in HELD_OUT_PAIRS for part in scene.get("parts", ())) or (
        "count" in scene and (scene["count"], scene["parts"][0]["shape"]) in HELD_OUT_COUNTS
    )


def other(rng, *taken):
    return rng.choice([colour for colour in COLOURS if colour not in taken])


def draft(rng):
    """A scene as data."""
    kind = rng.random()
    part = {"shape": rng.choice(SHAPES), "colour": rng.choice(list(COLOURS))}
    if kind < 0.42:
        scene = {"kind": "shape", "parts": [part], "background": other(rng, part["colour"])}
        if rng.random() < 0.35:
            scene["place"] = rng.choice(list(PLACES))
        if rng.random() < 0.3:
            scene["size"] = rng.choice(list(SIZES))
        return scene
    if kind < 0.62:
        return {"kind": "count", "parts": [part], "count": rng.choice(COUNTS[1:]), "background": other(rng, part["colour"])}
    if kind < 0.78:
        second = {"shape": rng.choice(SHAPES), "colour": other(rng, part["colour"])}
        return {"kind": "two", "parts": [part, second], "background": other(rng, part["colour"], second["colour"])}
    if kind < 0.87:
        first = rng.choice(list(COLOURS))
        return {"kind": "pattern", "pattern": rng.choice(PATTERNS), "colours": [first, other(rng, first)]}
    return {"kind": "landscape", "landscape": rng.choice(LANDSCAPES)}


def training_scene(rng):
    while True:
        scene = draft(rng)
        if not is_held_out(scene):
            return scene


def held_out_scenes():
    """One scene for each combination that training never saw, every one with a sentence of its own."""
    rng = random.Random(99)
    scenes = []
    for colour, shape in sorted(HELD_OUT_PAIRS):
        for background in rng.sample([c for c in COLOURS if c != colour], 4):
            scenes.append({"kind": "shape", "parts": [{"shape": shape, "colour": colour}], "background": background})
    for count, shape in sorted(HELD_OUT_COUNTS):
        colours = [c for c in COLOURS if (c, shape) not in HELD_OUT_PAIRS]
        for colour in rng.sample(colours, 4):
            background = other(rng, colour)
            scenes.append({"kind": "count", "parts": [{"shape": shape, "colour": colour}], "count": count, "background": background})
    return scenes


def sentence(scene, rng, plain=False):
    """One way to say what the scene shows; `plain` is the one that tests ask."""
    if scene["kind"] == "landscape":
        text = scene["landscape"]
        return text if plain or rng.random() < 0.7 else rng.choice(("a drawing of ", "a picture of ")) + text
    if scene["kind"] == "pattern":
        first, second = scene["colours"]
        if scene["pattern"] == "dots":
            return f"{second} dots on {article(first)} background"
        if scene["pattern"] == "chessboard":
            return article(f"{first} and {second} chessboard pattern")
        return f"{first} and {second} stripes"
    first = scene["parts"][0]
    background = f" on {article(scene['background'])} background"
    if scene["kind"] == "two":
        second = scene["parts"][1]
        join = "and" if plain else rng.choice(("and", "next to", "beside"))
        text = f"{article(first['colour'])} {first['shape']} {join} {article(second['colour'])} {second['shape']}"
        return text + (background if plain or rng.random() < 0.3 else "")
    if scene["kind"] == "count":
        text = f"{scene['count']} {first['colour']} {plural(first['shape'])}"
        return text + (background if plain or rng.random() < 0.4 else "")
    size = scene.get("size", "")
    text = article(f"{size + ' ' if size else ''}{first['colour']} {first['shape']}")
    if "place" in scene:
        text += " in the middle" if scene["place"] == "middle" else f" {'at' if scene['place'] in ('top', 'bottom') else 'on'} the {scene['place']}"
    if plain or rng.random() < 0.6:
        text += background
    if not plain and rng.random() < 0.1:
        text = text.partition(" ")[2]
    return text


def caption(rng):
    return sentence(training_scene(rng), rng)


def tint(rng, colour, amount=18):
    hue, light, saturation = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    hue += rng.uniform(-0.015, 0.015)
    light = min(1, max(0, light + rng.uniform(-amount, amount) / 255))
    return tuple(int(255 * c) for c in colorsys.hls_to_rgb(hue % 1, light, saturation))


def outline(shape, x, y, r, turn):
    """The corners of a shape of half size `r`; for round ones, of a fine polygon."""
    def turned(points):
        c, s = math.cos(turn), math.sin(turn)
        return [(x + r * (px * c - py * s), y + r * (px * s + py * c)) for px, py in points]

    angle = [2 * math.pi * i / 60 for i in range(60)]
    if shape in ("circle", "ring"):
        return turned([(math.cos(a), math.sin(a)) for a in angle])
    if shape == "square":
        return turned([(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)])
    if shape == "diamond":
        return turned([(0, -1), (0.75, 0), (0, 1), (-0.75, 0)])
    if shape == "triangle":
        return turned([(0, -1), (0.95, 0.75), (-0.95, 0.75)])
    if shape == "star":
        return turned([((1 if i % 2 == 0 else 0.42) * math.sin(math.pi * i / 5), -(1 if i % 2 == 0 else 0.42) * math.cos(math.pi * i / 5)) for i in range(10)])
    if shape == "heart":
        return turned([(math.sin(a) ** 3, -(13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a) - math.cos(4 * a)) / 16.5) for a in angle])
    w = 0.33
    return turned([(-w, -1), (w, -1), (w, -w), (1, -w), (1, w), (w, w), (w, 1), (-w, 1), (-w, w), (-1, w), (-1, -w), (-w, -w)])


def place_shape(draw, rng, part, x, y, r, background):
    upright = part["shape"] in ("square", "diamond", "cross")
    turn = rng.uniform(-0.15, 0.15) if upright else rng.uniform(-0.3, 0.3)
    colour = tint(rng, COLOURS[part["colour"]])
    draw.polygon(outline(part["shape"], x, y, r, turn), fill=colour)
    if part["shape"] == "ring":
        draw.polygon(outline("circle", x, y, r * rng.uniform(0.5, 0.65), 0), fill=background)


def spread(rng, n, side):
    """Centres and a half size for `n` things that do not touch."""
    while True:
        r = side * rng.uniform(0.11, 0.17) * (1.2 if n == 2 else 1)
        centres = [(rng.uniform(1.1 * r, side - 1.1 * r), rng.uniform(1.1 * r, side - 1.1 * r)) for _ in range(n)]
        if all(math.dist(a, b) > 2.25 * r for i, a in enumerate(centres) for b in centres[:i]):
            return centres, r


def gradient(draw, side, top, bottom, start=0, end=None):
    end = side if end is None else end
    for y in range(int(start), int(end)):
        t = (y - start) / max(1, end - start)
        draw.line([(0, y), (side, y)], fill=tuple(int(a + (b - a) * t) for a, b in zip(top, bottom)))


def landscape(draw, rng, name, s):
    def near(colour):
        return tint(rng, colour, 14)

    horizon = s * rng.uniform(0.5, 0.68)
    day = (near((110, 170, 235)), near((190, 220, 250)))
    if name == "a sunset over the sea":
        gradient(draw, s, near((120, 50, 100)), near((250, 150, 60)), 0, horizon)
        gradient(draw, s, near((200, 100, 60)), near((40, 30, 70)), horizon, s)
        x, r = s * rng.uniform(0.25, 0.75), s * rng.uniform(0.08, 0.14)
        draw.ellipse([x - r, horizon - r * 1.1, x + r, horizon + r * 0.9], fill=near((255, 220, 120)))
        draw.rectangle([0, horizon + 2, s, horizon + r], fill=near((170, 85, 70)))
    elif name == "a snowy mountain under a blue sky":
        gradient(draw, s, *day)
        for _ in range(rng.choice((1, 2, 3))):
            x, w, top = s * rng.uniform(0.2, 0.8), s * rng.uniform(0.4, 0.6), s * rng.uniform(0.15, 0.35)
            draw.polygon([(x - w, s), (x, top), (x + w, s)], fill=near((105, 110, 125)))
            k = rng.uniform(0.3, 0.5)
            draw.polygon([(x - w * k, top + (s - top) * k), (x, top), (x + w * k, top + (s - top) * k), (x + w * k * 0.3, top + (s - top) * k * 0.75), (x - w * k * 0.3, top + (s - top) * k * 0.85)], fill=near((245, 248, 252)))
    elif name == "a green meadow under a blue sky":
        gradient(draw, s, *day)
        gradient(draw, s, near((90, 180, 70)), near((40, 120, 40)), horizon, s)
    elif name == "a starry night with a moon":
        gradient(draw, s, near((8, 10, 35)), near((30, 35, 80)))
        for _ in range(rng.randrange(25, 60)):
            x, y, r = rng.uniform(0, s), rng.uniform(0, s), s * rng.uniform(0.004, 0.012)
            draw.ellipse([x - r, y - r, x + r, y + r], fill=(240, 240, 220))
        x, y, r = s * rng.uniform(0.2, 0.8), s * rng.uniform(0.15, 0.5), s * rng.uniform(0.08, 0.15)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=near((245, 240, 205)))
    elif name == "a rainbow in the sky":
        gradient(draw, s, *day)
        x, y, r, w = s * rng.uniform(0.35, 0.65), s * rng.uniform(0.85, 1.0), s * rng.uniform(0.55, 0.75), s * 0.04
        for i, colour in enumerate(("red", "orange", "yellow", "green", "blue", "purple")):
            k = r - i * w
            draw.arc([x - k, y - k, x + k, y + k], 180, 360, fill=COLOURS[colour], width=int(w) + 1)
    elif name == "a house with a red roof":
        gradient(draw, s, *day)
        draw.rectangle([0, horizon, s, s], fill=near((90, 160, 70)))
        x, w, h = s * rng.uniform(0.35, 0.65), s * rng.uniform(0.18, 0.26), s * rng.uniform(0.25, 0.35)
        base = horizon + s * 0.12
        draw.rectangle([x - w, base - h, x + w, base], fill=near((235, 220, 190)))
        draw.polygon([(x - w * 1.2, base - h), (x, base - h * 1.8), (x + w * 1.2, base - h)], fill=near((190, 50, 40)))
        draw.rectangle([x - w * 0.2, base - h * 0.55, x + w * 0.2, base], fill=near((110, 70, 40)))
        draw.rectangle([x + w * 0.4, base - h * 0.75, x + w * 0.75, base - h * 0.4], fill=near((150, 200, 235)))
    elif name == "a tree in a field":
        gradient(draw, s, *day)
        draw.rectangle([0, horizon, s, s], fill=near((130, 175, 75)))
        x, r = s * rng.uniform(0.3, 0.7), s * rng.uniform(0.15, 0.24)
        draw.rectangle([x - r * 0.15, horizon - r, x + r * 0.15, horizon + s * 0.12], fill=near((95, 65, 40)))
        for _ in range(7):
            dx, dy, k = rng.uniform(-0.5, 0.5) * r, rng.uniform(-0.5, 0.4) * r, r * rng.uniform(0.5, 0.8)
            draw.ellipse([x + dx - k, horizon - 1.5 * r + dy - k, x + dx + k, horizon - 1.5 * r + dy + k], fill=near((45, 125, 45)))
    elif name == "a sailing boat on the sea":
        gradient(draw, s, *day)
        gradient(draw, s, near((50, 120, 180)), near((20, 60, 120)), horizon, s)
        x, r, y = s * rng.uniform(0.3, 0.7), s * rng.uniform(0.16, 0.24), horizon + s * 0.08
        draw.polygon([(x - r, y - r * 0.2), (x + r, y - r * 0.2), (x + r * 0.6, y + r * 0.25), (x - r * 0.6, y + r * 0.25)], fill=near((120, 60, 40)))
        draw.polygon([(x - r * 0.05, y - r * 0.3), (x - r * 0.05, y - r * 2), (x + r * 0.9, y - r * 0.3)], fill=near((245, 245, 240)))
        draw.polygon([(x - r * 0.15, y - r * 0.3), (x - r * 0.15, y - r * 1.6), (x - r * 0.8, y - r * 0.3)], fill=near((230, 230, 225)))
    elif name == "a car on a road":
        gradient(draw, s, *day)
        draw.rectangle([0, horizon, s, s], fill=near((85, 85, 90)))
        x, r, y = s * rng.uniform(0.35, 0.65), s * rng.uniform(0.2, 0.28), horizon + s * 0.08
        body = near(COLOURS[rng.choice(("red", "blue", "yellow", "green", "white", "orange"))])
        draw.rounded_rectangle([x - r, y - r * 0.45, x + r, y], radius=r * 0.15, fill=body)
        draw.polygon([(x - r * 0.6, y - r * 0.45), (x - r * 0.4, y - r * 0.85), (x + r * 0.35, y - r * 0.85), (x + r * 0.6, y - r * 0.45)], fill=body)
        draw.polygon([(x - r * 0.45, y - r * 0.48), (x - r * 0.32, y - r * 0.78), (x + r * 0.28, y - r * 0.78), (x + r * 0.45, y - r * 0.48)], fill=near((170, 210, 235)))
        for dx in (-0.55, 0.55):
            draw.ellipse([x + r * (dx - 0.2), y - r * 0.18, x + r * (dx + 0.2), y + r * 0.22], fill=(25, 25, 25))
    elif name == "a night city with lit windows":
        gradient(draw, s, near((15, 15, 45)), near((60, 45, 80)))
        x = 0
        while x < s:
            w, top = s * rng.uniform(0.1, 0.2), s * rng.uniform(0.2, 0.6)
            draw.rectangle([x, top, x + w, s], fill=near((30, 30, 45)))
            for wy in range(int(top + s * 0.03), s, int(s * 0.07)):
                for wx in range(int(x + s * 0.015), int(x + w - s * 0.02), int(s * 0.045)):
                    if rng.random() < 0.6:
                        draw.rectangle([wx, wy, wx + s * 0.02, wy + s * 0.035], fill=(250, 215, 110))
            x += w
    elif name == "a desert with sand dunes":
        gradient(draw, s, *day)
        for i in range(3):
            y, phase, high = horizon + i * s * 0.12, rng.uniform(0, 6), s * rng.uniform(0.04, 0.1)
            points = [(x, y + high * math.sin(phase + x / s * rng.uniform(4, 5))) for x in range(0, int(s) + 4, 4)]
            draw.polygon([*points, (s, s), (0, s)], fill=near((225 - 20 * i, 180 - 22 * i, 110 - 20 * i)))
    elif name == "a flower":
        background = near(rng.choice(((90, 160, 80), (200, 225, 245), (250, 245, 230))))
        draw.rectangle([0, 0, s, s], fill=background)
        x, y, r = s * rng.uniform(0.4, 0.6), s * rng.uniform(0.3, 0.45), s * rng.uniform(0.1, 0.15)
        draw.line([(x, y), (x + s * rng.uniform(-0.08, 0.08), s)], fill=near((40, 120, 50)), width=int(s * 0.025))
        petal, n = near(COLOURS[rng.choice(("red", "yellow", "pink", "purple", "white", "orange"))]), rng.choice((5, 6, 7, 8))
        for i in range(n):
            a = 2 * math.pi * i / n
            px, py = x + 1.3 * r * math.cos(a), y + 1.3 * r * math.sin(a)
            draw.ellipse([px - r * 0.75, py - r * 0.75, px + r * 0.75, py + r * 0.75], fill=petal)
        draw.ellipse([x - r * 0.7, y - r * 0.7, x + r * 0.7, y + r * 0.7], fill=near((235, 190, 50)))
    elif name == "a smiling face":
        draw.rectangle([0, 0, s, s], fill=near(COLOURS[rng.choice(("white", "blue", "green", "gray"))]))
        x, y, r = s * rng.uniform(0.42, 0.58), s * rng.uniform(0.42, 0.58), s * rng.uniform(0.26, 0.38)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=near((250, 215, 70)))
        for dx in (-0.38, 0.38):
            draw.ellipse([x + r * (dx - 0.11), y - r * 0.45, x + r * (dx + 0.11), y - r * 0.12], fill=(40, 30, 20))
        draw.arc([x - r * 0.6, y - r * 0.5, x + r * 0.6, y + r * 0.6], 20, 160, fill=(40, 30, 20), width=int(r * 0.12))
    else:
        draw.rectangle([0, 0, s, s], fill=near((248, 246, 240)))
        y = s * rng.uniform(0.06, 0.12)
        while y < s * 0.92:
            x, end = s * 0.08, s * (0.92 if rng.random() < 0.8 else rng.uniform(0.3, 0.8))
            while x < end:
                w = s * rng.uniform(0.03, 0.12)
                draw.rectangle([x, y, min(x + w, end), y + s * 0.022], fill=(55, 55, 60))
                x += w + s * 0.02
            y += s * rng.uniform(0.05, 0.06)


def paint(scene, rng, side=SIDE):
    """The scene as a picture, `side` × `side`, with place, size, tint, softness and noise left to chance."""
    s = side * SCALE
    if scene["kind"] == "landscape":
        image = Image.new("RGB", (s, s))
        landscape(ImageDraw.Draw(image), rng, scene["landscape"], s)
    elif scene["kind"] == "pattern":
        first, second = (tint(rng, COLOURS[c]) for c in scene["colours"])
        image = Image.new("RGB", (s, s), first)
        draw, step, shift = ImageDraw.Draw(image), s / rng.choice((4, 5, 6, 7, 8)), rng.uniform(0, s / 8)
        upright = rng.random() < 0.5
        for i in range(-1, 10):
            if scene["pattern"] == "stripes" and i % 2 == 0:
                a, b = shift + i * step, shift + (i + 1) * step
                draw.rectangle([a, 0, b, s] if upright else [0, a, s, b], fill=second)
            for j in range(-1, 10):
                x, y = shift + i * step, shift + j * step
                if scene["pattern"] == "chessboard" and (i + j) % 2 == 0:
                    draw.rectangle([x, y, x + step, y + step], fill=second)
                if scene["pattern"] == "dots":
                    draw.ellipse([x - step * 0.3, y - step * 0.3, x + step * 0.3, y + step * 0.3], fill=second)
    else:
        background = tint(rng, COLOURS[scene["background"]])
        image = Image.new("RGB", (s, s), background)
        draw = ImageDraw.Draw(image)
        if scene["kind"] == "shape":
            r = s * rng.uniform(0.2, 0.3) * SIZES.get(scene.get("size"), 1)
            dx, dy = PLACES.get(scene.get("place"), (rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3)))
            room = max(0, s / 2 - r * 1.05)
            x, y = s / 2 + dx * room + rng.uniform(-0.03, 0.03) * s, s / 2 + dy * room + rng.uniform(-0.03, 0.03) * s
            place_shape(draw, rng, scene["parts"][0], x, y, r, background)
        else:
            parts = scene["parts"] if scene["kind"] == "two" else scene["parts"] * (COUNTS.index(scene["count"]) + 1)
            centres, r = spread(rng, len(parts), s)
            for part, (x, y) in zip(parts, centres):
                place_shape(draw, rng, part, x, y, r * rng.uniform(0.9, 1.05), background)
    image = image.resize((side, side), Image.Resampling.BICUBIC)
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.7)))
    pixels = np.asarray(image, np.float32)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0, 7), pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def main():
    from places import DATA

    rng = random.Random(SEED)
    pictures, captions = [], []
    for i in range(COUNT):
        scene = training_scene(rng)
        pictures.append(paint(scene, rng))
        captions.append([sentence(scene, rng) for _ in range(3)])
        if i % 5000 == 0:
            print(i, flush=True)
    np.save(DATA / "scenes.images.npy", np.stack(pictures))
    (DATA / "scenes.json").write_text(json.dumps({"source": "drawn by scenes.py", "captions": captions, "labels": None}))
    sheet = Image.new("RGB", (SIDE * 12, SIDE * 8))
    for i, picture in enumerate(pictures[:96]):
        sheet.paste(Image.fromarray(picture), (i % 12 * SIDE, i // 12 * SIDE))
    sheet.save(DATA / "scenes.png")


if __name__ == "__main__":
    main()
