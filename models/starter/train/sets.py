"""The sets of pictures that training uses, what each picture shows, and the words for it."""

import json
import re
from collections import Counter, defaultdict
from functools import cache

import numpy as np

import wordnet
from places import DATA

TINY = "tiny-train"
LABELLED = {
    "mini_imagenet": 1.5, "miniplaces": 0.6, "food101": 0.4, "sports22": 0.4, "intel_scenes": 0.6, "imagewoof": 0.3, "imagenette": 0.3,
    "flowers5": 0.6, "grocery": 0.4, "butterflies": 0.3, "cats_dogs": 0.8, "houses": 0.6, "receipts": 0.6, "weather": 0.8,
    "sunrise_sunset": 1.0, "clothing": 0.8, "instruments": 0.6, "pacs": 0.6, "emoji": 3.0, "imagenet_samples": 6.0, "tiny-train": 1.2,
}
"""Sets with one label for each picture, and the weight by which one of their pictures is drawn."""
UNLABELLED = {"ade20k_val_unlabelled": 1.0}
"""Sets for which only the teacher says what they show. Pictures of COCO are not among them: the tests ask for some."""
CAPTIONED = "flickr8k"
DRAWN = "scenes"
HELD_OUT_CAPTIONED = 400
"""The last pictures of Flickr8k, in the order of their names: half for choosing, half for the final test."""

NAMES = {
    "buildings": "buildings in a city", "glacier": "a glacier", "street": "a street in a city", "sea": "the sea", "mountain": "a mountain",
    "forest": "a forest", "outwear": "a jacket", "longsleeve": "a long-sleeved shirt", "t-shirt": "a t-shirt", "pants": "trousers",
    "shorts": "a pair of shorts", "shoes": "shoes", "hat": "a hat", "skirt": "a skirt", "dress": "a dress", "shirt": "a shirt",
}


@cache
def imagenet():
    """The 1,000 ids of ImageNet in the order of its classes, and the words of each."""
    ids = json.loads((DATA / "imagenet-wnids.json").read_text())
    words = dict(line.split("\t") for line in (DATA / "imagenet-words.txt").read_text().splitlines())
    return ids, [words[i].split(", ") for i in ids]


@cache
def kinds(fewest=3, most=350):
    """Words for groups of ImageNet's classes ("dog", "vehicle"), and which class belongs to which: `[1000, words]`."""
    ids, words = imagenet()
    by_words = {frozenset(w.lower() for w in synset.words): offset for offset, synset in wordnet.nouns().items()}
    members = defaultdict(set)
    for index, names in enumerate(words):
        offset = by_words.get(frozenset(name.lower() for name in names))
        above, todo = set(), [offset] if offset else []
        while todo:
            here = todo.pop()
            if here not in above:
                above.add(here)
                todo += wordnet.nouns()[here].parents
        for offset in above:
            for word in wordnet.nouns()[offset].words[:2]:
                members[word.lower()].add(index)
    chosen = sorted(word for word, classes in members.items() if fewest <= len(classes) <= most)
    matrix = np.zeros((len(ids), len(chosen)), np.float32)
    for column, word in enumerate(chosen):
        matrix[list(members[word]), column] = 1
    return chosen, matrix


STOP = set(
    "a an the is are of in on at to and with his her their its it he she they that this there from by as for up out two one into while "
    "be has have who other another some near through over down around next front behind off large small wearing holding looking".split()
)


@cache
def caption_words(fewest=40):
    """Words of the captions, and which picture has which: a word counts when two of a picture's captions use it. `[n, words]`,
    1 for there, 0 for not there, -1 for named only once."""
    captions = json.loads((DATA / f"{CAPTIONED}.json").read_text())["captions"]
    stem = lambda w: w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w
    counts = [Counter(stem(w) for c in group for w in set(re.findall(r"[a-z]+", c.lower())) - STOP) for group in captions]
    total = Counter(w for count in counts for w, n in count.items() if n >= 2)
    chosen = sorted(w for w, n in total.items() if n >= fewest and len(w) > 2)
    column = {w: i for i, w in enumerate(chosen)}
    matrix = np.zeros((len(captions), len(chosen)), np.int8)
    for row, count in enumerate(counts):
        for word, n in count.items():
            if word in column:
                matrix[row, column[word]] = 1 if n >= 2 else -1
    return chosen, matrix


def phrases(name):
    """A label's own words first, then other ways to say it."""
    name = name.replace("_", " ")
    return [NAMES.get(name, name)]


def class_names():
    """Every name of a class of any set: ImageNet's words, and the others' labels."""
    names = [list(dict.fromkeys(words)) for words in imagenet()[1]]
    for name in LABELLED:
        path = DATA / f"{name}.json"
        if path.exists():
            labels = json.loads(path.read_text())["labels"]
            names += [phrases(label) for label in sorted({l for l in labels if l} - set(imagenet()[0]))]
    return names


class Pictures:
    """All pictures of training in memory, with what is known of each."""

    def __init__(self):
        ids, words = imagenet()
        place = {wnid: i for i, wnid in enumerate(ids)}
        self.classes = [list(dict.fromkeys(w)) for w in words]
        self.images, self.teacher, parts = [], [], []
        known = {}

        def class_of(label):
            if label not in known:
                known[label] = len(self.classes)
                self.classes.append(phrases(label))
            return known[label]

        def index_of(label):
            plain = label.lower().replace("_", " ")
            return place.get(label, by_name.get(plain)) if label in place or plain in by_name else class_of(label)

        by_name = {w.lower(): i for i, names in reversed(list(enumerate(words))) for w in names}
        tiny = json.loads((DATA / "tiny-wnids.json").read_text())
        of_tiny = [place[w] for w in tiny]

        def add(name, labels, weight, limit=None):
            images = np.load(DATA / f"{name}.images.npy")[:limit]
            answers = DATA / f"{name}.teacher.npz"
            answers = np.load(answers) if answers.exists() else None
            self.images.append(images)
            self.teacher.append(None if answers is None else (answers["logits"][:limit], answers["features"][:limit]))
            parts.append((name, np.asarray(labels[: len(images)]), weight))

        add(TINY, [of_tiny[i] for i in np.load(DATA / "tiny-train.labels.npy")], LABELLED[TINY])
        for name, weight in LABELLED.items():
            path = DATA / f"{name}.json"
            if path.exists():
                labels = json.loads(path.read_text())["labels"]
                add(name, [-1 if label is None else index_of(label) for label in labels], weight)
        for name, weight in UNLABELLED.items():
            if (DATA / f"{name}.teacher.npz").exists():
                add(name, [-1] * len(np.load(DATA / f"{name}.images.npy", mmap_mode="r")), weight)
        self.parts = parts
        pictures = np.load(DATA / f"{CAPTIONED}.images.npy", mmap_mode="r")
        self.captioned_count = len(pictures) - HELD_OUT_CAPTIONED
        add(CAPTIONED, [-1] * self.captioned_count, 0.0, self.captioned_count)
        self.captioned_part = len(self.images) - 1
        add(DRAWN, [-1] * len(np.load(DATA / f"{DRAWN}.images.npy", mmap_mode="r")), 0.0)
        self.drawn_part = len(self.images) - 1
        sizes = [len(i) for i in self.images]
        self.part = np.repeat(np.arange(len(sizes)), sizes)
        self.row = np.concatenate([np.arange(n) for n in sizes])
        self.label = np.concatenate([labels for _, labels, _ in parts])
        weights = np.concatenate([np.full(n, part[2]) for n, part in zip(sizes, parts)])
        self.chance = np.cumsum(weights / weights.sum())

    def draw(self, rng, count):
        """Indices of labelled and unlabelled pictures, by the weights of their sets."""
        return np.searchsorted(self.chance, rng.random(count)).clip(max=len(self.part) - 1)
