"""CLIP's byte-pair encoding, cut to its first merges.

The list of merges is the one that the package `open_clip_torch` ships (MIT, OpenAI). Ids below 512 + merges are CLIP's own; the two
markers follow them.
"""

import gzip
import importlib.util
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

MERGES = 16_000
CONTEXT = 32
VOCABULARY = 512 + MERGES + 2
START, END = VOCABULARY - 2, VOCABULARY - 1

WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def letters_of_bytes():
    """The printable character that stands for each byte, in CLIP's order of ids."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [b for b in range(256) if b not in plain]
    return [chr(b) for b in plain] + [chr(256 + i) for i in range(len(others))]


def tokenizer():
    folder = Path(importlib.util.find_spec("open_clip").origin).parent
    lines = gzip.open(folder / "bpe_simple_vocab_16e6.txt.gz").read().decode().split("\n")
    merges = [tuple(line.split()) for line in lines[1 : 1 + MERGES]]
    letters = letters_of_bytes()
    pieces = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in merges)]
    bpe = models.BPE({piece: i for i, piece in enumerate(pieces)}, merges, end_of_word_suffix="</w>", continuing_subword_prefix="")
    result = Tokenizer(bpe)
    result.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    return result, pieces


class Encoder:
    def __init__(self):
        self.tokenizer, self.pieces = tokenizer()

    def __call__(self, texts):
        """One list of ids for each text, markers included, at most `CONTEXT` long."""
        encoded = self.tokenizer.encode_batch(texts, add_special_tokens=False)
        return [[START, *e.ids[: CONTEXT - 2], END] for e in encoded]

    def words(self):
        """What each id spells, for starting the table of tokens; `""` for a part of a character."""
        back = {letter: byte for byte, letter in zip(byte_order(), letters_of_bytes())}
        words = []
        for piece in self.pieces:
            spelled = piece.removesuffix("</w>")
            try:
                words.append(bytes(back[c] for c in spelled).decode())
            except UnicodeDecodeError:
                words.append("")
        return words


def byte_order():
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return plain + [b for b in range(256) if b not in plain]


def padded(sequences):
    """`[n, longest]` ids, filled up with the end marker, and the place of the end of each."""
    ends = np.array([len(s) - 1 for s in sequences])
    ids = np.full((len(sequences), ends.max() + 1), END, np.int64)
    for row, s in enumerate(sequences):
        ids[row, : len(s)] = s
    return ids, ends
