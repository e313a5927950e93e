"""Figures while training, on pictures that training never sees. They tell how it goes; `packs.py` makes the sets that count."""

import json
import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import model
import scenes
import sets
from places import DATA

MEAN = torch.tensor(model.IMAGE["mean"]).view(3, 1, 1) * 255
STD = torch.tensor(model.IMAGE["std"]).view(3, 1, 1) * 255


def prepared(pictures, side=model.IMAGE["side"]):
    """Square pictures of bytes → the network's input, resized as the program does it."""
    if pictures.shape[1] != side:
        pictures = np.stack([np.asarray(Image.fromarray(p).resize((side, side), Image.Resampling.BICUBIC)) for p in pictures])
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float()
    return ((x - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def vectors(tower, pictures, batch=128):
    """Unit vectors of look and meaning."""
    looks, meanings = [], []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(pictures), batch):
            look, meaning = tower(prepared(pictures[start : start + batch]))
            looks.append(F.normalize(look.float(), dim=1))
            meanings.append(F.normalize(meaning.float(), dim=1))
    return torch.cat(looks).numpy(), torch.cat(meanings).numpy()


class Check:
    """1,000 pictures of Tiny ImageNet's validation set, 200 of Flickr8k, the held-out scenes, 1,000 of Caltech-101."""

    def __init__(self, texts):
        rng = np.random.default_rng(0)
        chosen = rng.choice(10_000, 1000, replace=False)
        ids, words = sets.imagenet()
        tiny = json.loads((DATA / "tiny-wnids.json").read_text())
        self.tiny = np.load(DATA / "tiny-val.images.npy", mmap_mode="r")[chosen]
        self.tiny_labels = np.load(DATA / "tiny-val.labels.npy")[chosen]
        self.tiny_names = texts.of_class([words[ids.index(i)] for i in tiny])
        known = json.loads((DATA / f"{sets.CAPTIONED}.json").read_text())
        all_ = np.load(DATA / f"{sets.CAPTIONED}.images.npy", mmap_mode="r")
        start = len(all_) - sets.HELD_OUT_CAPTIONED
        self.captioned = np.array(all_[start : start + 200])
        self.captions = texts([known["captions"][start + i][0] for i in range(200)])
        rng = random.Random(5)
        held_out = scenes.held_out_scenes()
        self.drawn = np.stack([scenes.paint(scene, rng) for scene in held_out])
        self.sentences = texts([scenes.sentence(scene, rng, plain=True) for scene in held_out])
        caltech = DATA / "caltech101.json"
        self.caltech = None
        if caltech.exists():
            labels = json.loads(caltech.read_text())["labels"]
            rows = [i for i, label in enumerate(labels) if label]
            random.Random(3).shuffle(rows)
            rows = sorted(rows[:1000])
            self.caltech = np.load(DATA / "caltech101.images.npy", mmap_mode="r")[rows]
            self.caltech_labels = np.array([labels[i] for i in rows])
            self.caltech_names = sorted(set(self.caltech_labels))
            self.caltech_texts = texts([f"a photo of a {name}" for name in self.caltech_names])

    def __call__(self, tower):
        figures = {}
        _, found = vectors(tower, self.tiny)
        order = np.argsort(-(found @ self.tiny_names.T), 1)
        figures["tiny1"] = np.mean(order[:, 0] == self.tiny_labels)
        figures["tiny5"] = np.mean((order[:, :5] == self.tiny_labels[:, None]).any(1))
        _, found = vectors(tower, self.captioned)
        order = np.argsort(-(self.captions @ found.T), 1)
        figures["caption10"] = np.mean([i in order[i, :10] for i in range(200)])
        _, found = vectors(tower, self.drawn)
        figures["drawn1"] = np.mean(np.argmax(self.sentences @ found.T, 1) == np.arange(len(found)))
        if self.caltech is not None:
            look, found = vectors(tower, self.caltech)
            order = np.argsort(-(self.caltech_texts @ found.T), 1)[:, :5]
            figures["caltech5"] = np.mean([(self.caltech_labels[o] == n).mean() for o, n in zip(order, self.caltech_names)])
            near = look @ look.T
            np.fill_diagonal(near, -2)
            figures["look4"] = np.mean(self.caltech_labels[np.argsort(-near, 1)[:, :4]] == self.caltech_labels[:, None])
        return {name: round(float(value), 3) for name, value in figures.items()}
