"""Vectors of sentences: from the teacher, or from our own text tower once it is trained."""

import hashlib
from pathlib import Path

import numpy as np
import torch

import model
import tokens
from places import DATA, RUNS

FRAMES = ("{}", "a photo of a {}", "a picture of a {}", "{}s")


SHIPPED = Path(__file__).parents[1] / "starter.safetensors"


def weights():
    """Our own text tower's file: the checkpoint of its training, else the shipped one."""
    trained = RUNS / "text.pt"
    return trained if trained.exists() else SHIPPED


def student():
    if weights() == SHIPPED:
        return model.read(SHIPPED)[1]
    tower = model.TextTower()
    tower.load_state_dict(torch.load(RUNS / "text.pt", map_location="cpu", weights_only=True)["averaged"])
    return tower.eval()


def embed_with(tower, texts, batch=256):
    """Unit vectors `[n, dimensions]` of a text tower."""
    encoder = tokens.Encoder()
    sequences = encoder(texts)
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    result = np.empty((len(texts), model.DIMENSIONS), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            ids, ends = tokens.padded([sequences[i] for i in rows])
            vectors = tower(torch.from_numpy(ids), torch.from_numpy(ends))
            result[rows] = torch.nn.functional.normalize(vectors, dim=1).numpy()
    return result


class Texts:
    """`texts(list)` → unit vectors, kept on disk. `source` is `teacher` or `student`."""

    def __init__(self, source):
        self.source, self.network = source, None

    def __call__(self, texts):
        different = sorted(set(texts))
        key = hashlib.sha256("\n".join(different).encode()).hexdigest()[:16]
        if self.source == "student":
            key += "-" + hashlib.sha256(weights().read_bytes()).hexdigest()[:8]
        path = DATA / f"texts-{self.source}-{key}.npy"
        if not path.exists():
            np.save(path, self.compute(different))
        vectors, place = np.load(path), {text: i for i, text in enumerate(different)}
        return vectors[[place[text] for text in texts]]

    def compute(self, texts):
        if self.source == "student":
            self.network = self.network or student()
            return embed_with(self.network, texts)
        from text_teacher import Teacher, project

        self.network = self.network or Teacher()
        return project(self.network(texts)).astype(np.float32)

    def of_class(self, names):
        """One vector for each class: the mean of its names in several sentences, the first name counting most."""
        sentences, owner = [], []
        for index, words in enumerate(names):
            for place, word in enumerate(words[:3]):
                for frame in FRAMES[:3] if place == 0 else FRAMES[:1]:
                    sentences.append(frame.format(word))
                    owner.append(index)
        vectors = self(sentences)
        sums = np.zeros((len(names), vectors.shape[1]), np.float32)
        np.add.at(sums, owner, vectors)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)

    def of_word(self, words):
        """One vector for each word, alone and in a sentence."""
        both = self(words) + self([f"a photo of a {w}" for w in words])
        return both / np.linalg.norm(both, axis=1, keepdims=True)
