"""Writes the test sets that `cargo xtask bench starter` reads: eval/<name>/{set.json, pictures/}.

Pictures that are nearly the same as one of training (correlation above 0.95 at 16 × 16 grey levels) are left out of every set. The sets of
photos need KINDRED_TESTDATA, a folder with photos/coco and near-dup.

    python packs.py
"""

import hashlib
import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import scenes
import sets
import synonyms
from places import DATA, EVAL

ALIKE = 0.95
FEWEST = 4
PER_CLASS = 30


def small(pictures):
    """16 × 16 grey levels of each picture, centred and of unit length."""
    result = np.empty((len(pictures), 256), np.float32)
    for i, picture in enumerate(pictures):
        result[i] = np.asarray(Image.fromarray(picture).convert("L").resize((16, 16), Image.Resampling.BOX), np.float32).ravel()
    result -= result.mean(1, keepdims=True)
    return result / np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1e-3)


class Trained:
    """What training saw, small."""

    def __init__(self):
        path = DATA / "trained-small.npy"
        if not path.exists():
            pictures = sets.Pictures()
            np.save(path, np.concatenate([small(images) for images in pictures.images[: pictures.drawn_part]]))
        self.pictures = np.load(path)

    def fresh(self, pictures):
        """Indices of the pictures that training saw nothing like."""
        mine, kept = small(pictures), []
        for start in range(0, len(mine), 500):
            best = (mine[start : start + 500] @ self.pictures.T).max(1)
            kept += (start + np.flatnonzero(best <= ALIKE)).tolist()
        return kept


def write(name, title, pictures, **fields):
    """`pictures` are arrays, images or paths."""
    folder = EVAL / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    files = []
    for i, picture in enumerate(pictures):
        if isinstance(picture, Path):
            file = f"{i:05}{picture.suffix.lower()}"
            shutil.copyfile(picture, folder / "pictures" / file)
        else:
            file = f"{i:05}.png"
            (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(folder / "pictures" / file, compress_level=1)
        files.append(file)
    if "label" in fields:
        files = [{"file": file, "label": int(label)} for file, label in zip(files, fields.pop("label"))]
    fields["pictures"] = files
    (folder / "set.json").write_text(json.dumps({"title": title, **fields}, indent=1))
    print(f"{name}: {len(files)} pictures", flush=True)


def untrained(words):
    """Those that training called no class, no group and no word of captions."""
    names = {name.lower() for group in sets.class_names() for name in group}
    known = names | set(sets.kinds()[0]) | set(sets.caption_words()[0])
    return {word: meant for word, meant in words.items() if word.lower() not in known and f"a {word}" not in known}


def tiny(trained):
    pictures, labels = np.load(DATA / "tiny-val.images.npy"), np.load(DATA / "tiny-val.labels.npy")
    kept = trained.fresh(pictures)
    ids, words = sets.imagenet()
    names = [words[ids.index(wnid)] for wnid in json.loads((DATA / "tiny-wnids.json").read_text())]
    classes = [[frame.format(word) for word in group[:2] for frame in ("{}", "a photo of a {}", "a picture of a {}")] for group in names]
    write("tiny-imagenet", "Tiny ImageNet val, 200 classes by text", [pictures[i] for i in kept], kind="classify", classes=classes,
          label=labels[kept], goals=[0.33, 0.60])
    first = {group[0]: index for index, group in enumerate(names)}
    queries = []
    for word, meant in untrained(synonyms.WORDS).items():
        relevant = [row for row, i in enumerate(kept) if labels[i] in {first[m] for m in meant}]
        queries.append({"text": word, "relevant": relevant})
    write("synonyms", f"{len(queries)} words that are no class name, among Tiny ImageNet val", [pictures[i] for i in kept], kind="retrieve",
          queries=queries, measure="precision@20", goal=0.40)


def captions(trained):
    known = json.loads((DATA / f"{sets.CAPTIONED}.json").read_text())["captions"]
    pictures = np.load(DATA / f"{sets.CAPTIONED}.images.npy", mmap_mode="r")[-200:]
    kept = trained.fresh(pictures)
    queries = [{"text": known[len(known) - 200 + i][0], "relevant": [row]} for row, i in enumerate(kept)]
    write("captions", f"caption → picture among {len(kept)} held-out pictures of Flickr8k", [pictures[i] for i in kept], kind="retrieve",
          queries=queries, measure="recall@10", goal=0.45)


def caltech(trained):
    labels = json.loads((DATA / "caltech101.json").read_text())["labels"]
    pictures = np.load(DATA / "caltech101.images.npy", mmap_mode="r")
    rng, rows = random.Random(11), []
    for name in sorted({label for label in labels if label}):
        mine = [i for i, label in enumerate(labels) if label == name]
        rows += sorted(rng.sample(mine, min(PER_CLASS, len(mine))))
    rows = [rows[i] for i in trained.fresh(pictures[rows])]
    names = [labels[i] for i in rows]
    queries = [{"text": f"a photo of a {name}", "relevant": [r for r, n in enumerate(names) if n == name]} for name in sorted(set(names))]
    images = [pictures[i] for i in rows]
    write("photos-caltech", "text → photo, the classes of Caltech-101", images, kind="retrieve", queries=queries, measure="precision@5", goal=0.25)
    write("look-caltech", "look: the classes of Caltech-101", images, kind="look", labels=names, measure="precision@4", goal=0.20)


def grey_scenes(trained):
    labels = json.loads((DATA / "scenes15.json").read_text())["labels"]
    pictures = np.load(DATA / "scenes15.images.npy", mmap_mode="r")
    rows = sorted(random.Random(12).sample(range(len(labels)), 900))
    rows = [rows[i] for i in trained.fresh(pictures[rows])]
    names = [labels[i] for i in rows]
    write("look-scenes", "look: fifteen kinds of scenes, grey", [pictures[i] for i in rows], kind="look", labels=names, measure="precision@4", goal=0.20)


def drawn():
    rng = random.Random(2026)
    held_out = scenes.held_out_scenes()
    others = []
    while len(others) < 100 - len(held_out):
        scene = scenes.training_scene(rng)
        if scene["kind"] != "shape":
            others.append(scene)
    pictures = [scenes.paint(scene, rng) for scene in held_out + others]
    queries = [{"text": scenes.sentence(scene, rng, plain=True), "relevant": [i]} for i, scene in enumerate(held_out)]
    write("drawn", "drawn scenes, combinations never trained on", pictures, kind="retrieve", queries=queries, measure="recall@1", goal=0.80)


def copies():
    """Of held-out pictures, each of the changes that people's copies have."""
    pictures = np.load(DATA / f"{sets.CAPTIONED}.images.npy", mmap_mode="r")[-200:]
    originals = [Image.fromarray(np.array(p)) for p in pictures]
    changes = [
        lambda p: p.resize((56, 56), Image.Resampling.BICUBIC), ImageOps.mirror, lambda p: ImageOps.grayscale(p).convert("RGB"),
        lambda p: p.crop((4, 4, 76, 76)), lambda p: p.point(lambda v: min(255, int(v * 1.25))), lambda p: p.quantize(32).convert("RGB"),
    ]
    every, pairs = list(originals), []
    for i, original in enumerate(originals):
        pairs.append([len(every), i])
        every.append(changes[i % len(changes)](original))
    write("copies", "near-duplicates at rank 1: smaller, mirrored, grey, cut, brighter, few colours", every, kind="copies", pairs=pairs, goal=0.95)


def shared(folder):
    coco = folder / "photos" / "coco"
    known = json.loads((coco / "labels.json").read_text())
    files = [coco / name for name in sorted(known) if (coco / name).exists()]
    names = sorted({c for entry in known.values() for c in entry["categories"]})
    queries = []
    for name in names:
        relevant = [i for i, file in enumerate(files) if name in known[file.name]["categories"]]
        if len(relevant) >= FEWEST:
            queries.append({"text": f"a photo of a {name}", "relevant": relevant})
    write("photos-coco", f"text → photo, {len(queries)} categories of COCO photos", files, kind="retrieve", queries=queries, measure="precision@5", goal=0.25)
    write_near_duplicates(folder / "near-dup")


def readable(file):
    try:
        Image.open(file).load()
        return True
    except OSError:
        return False


def write_near_duplicates(folder):
    """Changed pictures are called like their original, with an underscore and the change behind it."""
    different = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in (".jpg", ".jpeg", ".png") and readable(file):
            different.setdefault(hashlib.sha256(file.read_bytes()).digest(), file)
    files, originals, pairs = list(different.values()), {}, []
    for i, file in enumerate(files):
        if "_" not in file.stem:
            originals.setdefault(file.stem, i)
    for i, file in enumerate(files):
        original = originals.get(file.stem.partition("_")[0])
        if original is not None and original != i:
            pairs.append([i, original])
    write("copies-shared", "near-duplicates at rank 1: a shared set", files, kind="copies", pairs=pairs, goal=0.95)


def main():
    drawn()
    copies()
    trained = Trained()
    captions(trained)
    tiny(trained)
    caltech(trained)
    grey_scenes(trained)
    shared_data = os.environ.get("KINDRED_TESTDATA")
    if shared_data:
        shared(Path(shared_data))


if __name__ == "__main__":
    main()
