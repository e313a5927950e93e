"""Trains the text tower to say what the teacher says; stop it at any time, the next run goes on from the last checkpoint.

    python text.py --samples 2500000
"""

import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import model
import sets
import tokens
from places import DATA, RUNS
from texts import FRAMES, Texts, embed_with

SEED = 2
TOKENS = 3072
"""Of a batch, fill included: short sentences come in larger batches."""
RATE, DECAY, WARM = 2e-3, 0.01, 300
AVERAGE = 0.9995
SCALE = 20.0
OFTEN = 0.2
"""Share of the batches that come from the sentences that pictures are trained with."""
KEPT_APART = 4000


def started(tower, teacher_texts):
    """A table of tokens that begins with what the teacher says to each token's own word."""
    words = tokens.Encoder().words()
    vectors = np.zeros((len(words), model.DIMENSIONS), np.float32)
    known = [i for i, word in enumerate(words) if word.strip()]
    vectors[known] = teacher_texts([words[i] for i in known])
    _, _, turned = np.linalg.svd(vectors[known][::4], full_matrices=False)
    width = model.TEXT["width"]
    with torch.no_grad():
        table = torch.from_numpy(vectors @ turned[:width].T.copy())
        torch.nn.init.normal_(tower.token_embedding.weight, std=0.01)
        tower.token_embedding.weight[: len(words)] += 0.5 * table
        torch.nn.init.normal_(tower.position_embedding.weight, std=0.01)
        for layer in tower.layers:
            for heavy in (layer.self_attn["out_proj"], layer.mlp["fc2"]):
                heavy.weight.mul_(0.5)


def often():
    """The sentences that pictures are trained with: names of classes, words, captions."""
    sentences = [frame.format(word) for words in sets.class_names() for word in words[:3] for frame in FRAMES]
    for words in (sets.kinds()[0], sets.caption_words()[0]):
        sentences += [frame.format(word) for word in words for frame in FRAMES]
    for name in (sets.CAPTIONED, sets.DRAWN):
        groups = json.loads((DATA / f"{name}.json").read_text())["captions"]
        stop = len(groups) - (sets.HELD_OUT_CAPTIONED if name == sets.CAPTIONED else 0)
        sentences += [c for group in groups[:stop] for c in group]
    return sorted(set(sentences))


class Batches:
    def __init__(self, sequences, targets):
        self.sequences, self.targets = sequences, targets
        lengths = np.array([len(s) for s in sequences])
        self.by_length = {n: np.flatnonzero(lengths == n) for n in np.unique(lengths)}
        self.lengths = np.array(sorted(self.by_length))
        counts = np.array([len(self.by_length[n]) * n for n in self.lengths], float)
        self.share = counts / counts.sum()

    def draw(self, rng):
        length = rng.choice(self.lengths, p=self.share)
        rows = rng.choice(self.by_length[length], max(8, TOKENS // length))
        ids, ends = tokens.padded([self.sequences[i] for i in rows])
        return torch.from_numpy(ids), torch.from_numpy(ends), torch.from_numpy(self.targets[rows].astype(np.float32))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--samples", type=int, default=2_500_000)
    arguments.add_argument("--threads", type=int, default=1)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    teacher, encoder = Texts("teacher"), tokens.Encoder()
    texts = (DATA / "strings.txt").read_text().splitlines()
    targets = np.load(DATA / "strings.teacher.npy", mmap_mode="r")
    apart, apart_targets = texts[:KEPT_APART], np.array(targets[:KEPT_APART], np.float32)
    sources = [Batches(encoder(texts[KEPT_APART:]), np.array(targets[KEPT_APART:]))]
    frequent = often()
    sources.append(Batches(encoder(frequent), teacher(frequent)))
    print(len(texts), "strings,", len(frequent), "often", flush=True)
    tower = model.TextTower()
    started(tower, teacher)
    heavy = [p for name, p in tower.named_parameters() if p.ndim >= 2 and "embedding" not in name]
    plain = [p for name, p in tower.named_parameters() if p.ndim < 2 or "embedding" in name]
    optimizer = torch.optim.AdamW([{"params": heavy, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}], lr=RATE, betas=(0.9, 0.98), foreach=True)
    averaged = model.TextTower().eval()
    averaged.load_state_dict(tower.state_dict())
    path, step, seen = RUNS / "text.pt", 0, 0
    if path.exists():
        saved = torch.load(path, map_location="cpu", weights_only=True)
        tower.load_state_dict(saved["tower"])
        optimizer.load_state_dict(saved["optimizer"])
        averaged.load_state_dict(saved["averaged"])
        step, seen = saved["step"], saved["seen"]
        print("going on at", seen, flush=True)

    def save():
        state = {"tower": tower.state_dict(), "optimizer": optimizer.state_dict(), "averaged": averaged.state_dict(), "step": step, "seen": seen}
        torch.save(state, path.with_suffix(".new"))
        os.replace(path.with_suffix(".new"), path)

    since, told, before = time.time(), {}, seen
    while seen < options.samples:
        rng = np.random.default_rng((SEED, step))
        ids, ends, target = sources[int(rng.random() < OFTEN)].draw(rng)
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM) * max(0.0, 1 - seen / options.samples) + 1e-6
        with torch.autocast("cpu", torch.bfloat16):
            found = tower(ids, ends)
        found = F.normalize(found.float(), dim=1)
        cosine = (found * target).sum(1)
        scores = found @ target.T * SCALE
        scores = scores.masked_fill((target @ target.T > 0.97) & ~torch.eye(len(target), dtype=torch.bool), float("-inf"))
        among = F.cross_entropy(scores, torch.arange(len(target)))
        loss = 4 * (1 - cosine.mean()) + among
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(target)
        keep = min(AVERAGE, (1 + step) / (20 + step))
        with torch.no_grad():
            for mean, value in zip(averaged.parameters(), tower.parameters()):
                mean.lerp_(value, 1 - keep)
        for name, value in (("cosine", cosine.mean().item()), ("among", among.item())):
            told[name] = 0.98 * told.get(name, value) + 0.02 * value
        if step % 200 == 0:
            print(time.strftime("%H:%M"), seen, f"{(seen - before) / (time.time() - since):.0f}/s", {k: round(v, 3) for k, v in told.items()}, flush=True)
            since, before = time.time(), seen
        if step % 1500 == 0:
            save()
            print("kept apart", round(float((embed_with(averaged, apart) * apart_targets).sum(1).mean()), 4), flush=True)
            since = time.time()
    save()
    print("kept apart", round(float((embed_with(averaged, apart) * apart_targets).sum(1).mean()), 4), flush=True)


if __name__ == "__main__":
    main()
