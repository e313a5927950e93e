"""Trains the image tower; stop it at any time, the next run goes on from the last checkpoint.

    python image.py --samples 2400000 --texts teacher
    python image.py --samples 3000000 --texts student    # goes on, against our own text tower

Each batch mixes labelled pictures, captioned ones and drawn scenes. What is learned from them:
- the class of a picture among the classes of its set, as the vector of its name (cross entropy, with some of the mass on similar names);
- the teacher's distribution over ImageNet's classes, in the same way, and its features, from our pooled ones;
- which pictures of the batch show the most of each of ImageNet's classes, as the teacher ranks them: this reaches classes that no picture of
  training shows;
- words for groups ("dog", "vehicle") and words of captions: there or not there;
- captions: each picture's own among others, and the other way round.
"""

import argparse
import json
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import evaluate
import model
import sets
from places import DATA, RUNS
from texts import Texts

SEED = 1
BATCH = 192
CAPTIONED, DRAWN = 24, 16
RATE, DECAY, WARM = 3e-3, 0.05, 400
SIDES = "0.3:32,0.69:48,0.92:64,1:80"
"""Until which part of training pictures are how large."""
AVERAGE = 0.9995
GREY = 0.15
"""Share of the pictures that lose their colours, so that a copy in black and white looks like its original."""
RANKED = 1.5
"""How sharply the teacher's rankings tell the first pictures of a batch from the others."""
SMOOTHING, SHARPNESS = 0.2, 12.0
OTHERS = 1024
"""Captions of other pictures that a picture's own must beat."""
MEAN = torch.tensor(model.IMAGE["mean"]).view(3, 1, 1) * 255
STD = torch.tensor(model.IMAGE["std"]).view(3, 1, 1) * 255


def augmented(pictures, side, generator, mild):
    """`[n, 3, h, w]` levels → `[n, 3, side, side]` normalised: crops, mirror images, light and colour. `mild` ones keep their colours,
    their place and their left and right."""
    n = len(pictures)
    rand = lambda *shape: torch.rand(*shape, generator=generator)
    zoom = 1 - rand(n) * torch.where(mild, 0.06, 0.38)
    aspect = torch.exp((rand(n) - 0.5) * torch.where(mild, 0.05, 0.4))
    zoom_x, zoom_y = (zoom * aspect).clamp(max=1), (zoom / aspect).clamp(max=1)
    flip = torch.where((rand(n) < 0.5) & ~mild, -1.0, 1.0)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = zoom_x * flip, zoom_y
    theta[:, 0, 2] = (rand(n) * 2 - 1) * (1 - zoom_x)
    theta[:, 1, 2] = (rand(n) * 2 - 1) * (1 - zoom_y)
    if side < 48:
        pictures = F.avg_pool2d(pictures, 2)
    grid = F.affine_grid(theta, (n, 3, side, side), align_corners=False)
    x = F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    strength = torch.where(mild, 0.15, 1.0).view(n, 1, 1, 1)
    x = x * (1 + (rand(n, 1, 1, 1) - 0.5) * 0.6 * strength)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (1 + (rand(n, 1, 1, 1) - 0.5) * 0.6 * strength) + mean
    grey = x.mean(1, keepdim=True)
    saturation = 1 + (rand(n, 1, 1, 1) - 0.5) * 0.8 * strength
    saturation = torch.where((rand(n, 1, 1, 1) < GREY) & ~mild.view(n, 1, 1, 1), 0.0, saturation)
    x = (x - grey) * saturation + grey
    return (x.clamp(0, 255) - MEAN) / STD


class Trainer(torch.nn.Module):
    """The tower and the heads that only training needs."""

    def __init__(self):
        super().__init__()
        self.tower = model.ImageTower()
        self.features = torch.nn.Linear(model.IMAGE["widths"][-1], 1280)
        self.scales = torch.nn.ParameterDict({"classes": torch.tensor(2.7), "ranks": torch.tensor(2.7), "captions": torch.tensor(2.7), "words": torch.tensor(2.7)})
        self.offset = torch.nn.Parameter(torch.tensor(-7.0))

    def scale(self, name):
        return self.scales[name].clamp(max=4.2).exp()


class Course:
    """Everything that the losses compare with, as tensors."""

    def __init__(self, pictures, texts):
        self.pictures = pictures
        self.classes = torch.from_numpy(texts.of_class(pictures.classes))
        self.groups = torch.full((len(pictures.parts), len(pictures.classes)), float("-inf"))
        for index, (_, labels, _) in enumerate(pictures.parts):
            used = set(labels[labels >= 0].tolist())
            self.groups[index, sorted(used)] = 0
            if any(label < 1000 for label in used):
                self.groups[index, :1000] = 0
        near = self.classes @ self.classes.T * SHARPNESS
        self.near = [torch.softmax(near + group, 1) if (group == 0).any() else None for group in self.groups]
        kinds, self.kinds = sets.kinds()
        words, matrix = sets.caption_words()
        self.kinds = torch.from_numpy(self.kinds)
        self.word_count, self.words_there = len(kinds), torch.from_numpy(matrix)
        self.words = torch.from_numpy(texts.of_word(kinds + words))
        self.captions = {}
        for part, name in ((pictures.captioned_part, sets.CAPTIONED), (pictures.drawn_part, sets.DRAWN)):
            captions = json.loads((DATA / f"{name}.json").read_text())["captions"][: len(pictures.images[part])]
            flat = [c for group in captions for c in group]
            starts = np.cumsum([0] + [len(group) for group in captions])
            self.captions[part] = (torch.from_numpy(texts(flat)), starts)
        sample = np.concatenate([t[1][::50] for t in pictures.teacher if t is not None]).astype(np.float32)
        self.feature_mean = torch.from_numpy(sample.mean(0))
        sample = np.concatenate([t[0][::50] for t in pictures.teacher if t is not None]).astype(np.float32)
        self.logit_mean, self.logit_deviation = torch.from_numpy(sample.mean(0)), torch.from_numpy(sample.std(0))


def losses(trainer, course, look, meaning, batch):
    """Their weighted sum, and each by name."""
    pictures, part, row, label = course.pictures, batch["part"], batch["row"], batch["label"]
    meaning = F.normalize(meaning, dim=1)
    logits = meaning @ course.classes.T * trainer.scale("classes")
    found = {}
    has = torch.from_numpy(label >= 0)
    if has.any():
        group = course.groups[part[has]]
        target = torch.stack([course.near[p][l] for p, l in zip(part[has].tolist(), label[has.numpy()].tolist())]) * SMOOTHING
        target[torch.arange(len(target)), label[has.numpy()]] += 1 - SMOOTHING
        found["class"] = -(target * torch.log_softmax(logits[has] + group, 1).masked_fill(group < 0, 0)).sum(1).mean()
        wanted = F.normalize(target @ course.classes, dim=1)
        found["cosine"] = 0.5 * (1 - (meaning[has] * wanted).sum(1)).mean()
    taught = torch.from_numpy(np.array([pictures.teacher[p] is not None for p in part]))
    if taught.any():
        rows = [(p, r) for p, r, t in zip(part, row, taught.tolist()) if t]
        answers = torch.from_numpy(np.stack([pictures.teacher[p][0][r] for p, r in rows]).astype(np.float32))
        soft = torch.softmax(answers / 1.3, 1)
        found["teacher"] = 0.6 * -(soft * torch.log_softmax(logits[taught][:, :1000], 1)).sum(1).mean()
        ranked = torch.softmax((answers - course.logit_mean) / course.logit_deviation * RANKED, 0)
        ours = torch.log_softmax(meaning[taught] @ course.classes[:1000].T * trainer.scale("ranks"), 0)
        found["ranks"] = -(ranked * ours).sum(0).mean()
        features = torch.from_numpy(np.stack([pictures.teacher[p][1][r] for p, r in rows]).astype(np.float32)) - course.feature_mean
        found["features"] = 2.0 * (1 - F.cosine_similarity(trainer.features(look[taught]), features)).mean()
    # Groups: of the label where it is a class of ImageNet, else by the teacher's distribution.
    known = torch.from_numpy(label)
    is_class = (known >= 0) & (known < 1000)
    shares = torch.zeros(len(label), 1000)
    if taught.any():
        shares[taught] = soft
    shares[is_class] = F.one_hot(known[is_class], 1000).float()
    told = taught | is_class
    if told.any():
        there = (shares[told] @ course.kinds).clamp(0, 1)
        found["kinds"] = words_loss(trainer, meaning[told], course.words[: course.word_count], there, None)
    captioned = torch.from_numpy(part == pictures.captioned_part)
    if captioned.any():
        there = course.words_there[torch.from_numpy(row[captioned.numpy()])].float()
        found["words"] = words_loss(trainer, meaning[captioned], course.words[course.word_count :], there.clamp(min=0), there >= 0)
    ours, others = [], []
    for name in (pictures.captioned_part, pictures.drawn_part):
        vectors, starts = course.captions[name]
        for r in row[part == name]:
            ours.append(vectors[batch["rng"].integers(starts[r], starts[r + 1])])
        others.append(vectors[torch.from_numpy(batch["rng"].integers(0, len(vectors), OTHERS // 2))])
    if ours:
        ours, others = torch.stack(ours), torch.cat(others)
        scale = trainer.scale("captions")
        order = np.concatenate([np.flatnonzero(part == p) for p in (pictures.captioned_part, pictures.drawn_part)])
        images = meaning[torch.from_numpy(order)]
        bank = torch.cat([ours, others])
        same = ours @ bank.T > 0.93
        same[torch.arange(len(ours)), torch.arange(len(ours))] = False
        scores = (images @ bank.T * scale).masked_fill(same, float("-inf"))
        place = torch.arange(len(ours))
        found["captions"] = 0.7 * F.cross_entropy(scores, place) + 0.3 * F.cross_entropy(
            (ours @ images.T * scale).masked_fill(same[:, : len(ours)], float("-inf")), place
        )
    return sum(found.values()), {name: value.item() for name, value in found.items()}


def words_loss(trainer, meaning, words, there, known):
    logits = meaning @ words.T * trainer.scale("words") + trainer.offset
    loss = F.binary_cross_entropy_with_logits(logits, there, reduction="none")
    if known is not None:
        loss = loss * known
    return 0.1 * loss.sum(1).mean()


def rate(highest, step, steps):
    done = step / steps
    return highest * min(1, (step + 1) / WARM) * max(0.0, 1 - done) ** 0.9 + 1e-6


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--samples", type=int, default=1_600_000)
    arguments.add_argument("--texts", choices=("teacher", "student"), default="teacher")
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    arguments.add_argument("--sides", default=SIDES, help="until which part of training pictures are how large (%(default)s)")
    arguments.add_argument("--begin", help="weights as they are shipped, to begin with where there is no checkpoint")
    arguments.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    options = arguments.parse_args()
    sides = [(float(until), int(side)) for until, side in (part.split(":") for part in options.sides.split(","))]
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    pictures = sets.Pictures()
    print({part[0]: len(images) for part, images in zip(pictures.parts, pictures.images)}, len(pictures.classes), "classes", flush=True)
    course = Course(pictures, Texts(options.texts))
    check = evaluate.Check(Texts(options.texts))
    trainer = Trainer()
    if options.begin:
        trainer.tower.load_state_dict(model.read(options.begin)[0].state_dict())
    trainer.tower.to(memory_format=torch.channels_last)
    plain = [p for p in trainer.parameters() if p.ndim < 2]
    heavy = [p for p in trainer.parameters() if p.ndim >= 2]
    optimizer = torch.optim.AdamW([{"params": heavy, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}], lr=RATE, betas=(0.9, 0.98), foreach=True)
    averaged = model.ImageTower().eval()
    averaged.load_state_dict(trainer.tower.state_dict())
    path, step = RUNS / "image.pt", 0
    if path.exists():
        saved = torch.load(path, map_location="cpu", weights_only=True)
        trainer.load_state_dict(saved["trainer"])
        optimizer.load_state_dict(saved["optimizer"])
        averaged.load_state_dict(saved["averaged"])
        step = saved["step"]
        print("going on at", step * BATCH, flush=True)

    def save():
        state = {"trainer": trainer.state_dict(), "optimizer": optimizer.state_dict(), "averaged": averaged.state_dict(), "step": step}
        torch.save(state, path.with_suffix(".new"))
        os.replace(path.with_suffix(".new"), path)

    steps, started, since, told = options.samples // BATCH, time.time(), time.time(), {}
    while step < steps and time.time() - started < options.seconds:
        generator = torch.Generator().manual_seed(SEED * 1_000_003 + step)
        rng = np.random.default_rng((SEED, step))
        index = pictures.draw(rng, BATCH - CAPTIONED - DRAWN)
        part, row, label = pictures.part[index], pictures.row[index], pictures.label[index]
        for name, count in ((pictures.captioned_part, CAPTIONED), (pictures.drawn_part, DRAWN)):
            part = np.concatenate([part, np.full(count, name)])
            row = np.concatenate([row, rng.integers(0, len(pictures.images[name]), count)])
            label = np.concatenate([label, np.full(count, -1)])
        side = next(side for until, side in sides if step / steps <= until)
        mild = torch.from_numpy(part == pictures.drawn_part)
        x = torch.empty(BATCH, 3, side, side)
        sizes = np.array([pictures.images[p].shape[1] for p in part])
        for size in np.unique(sizes):
            rows = np.flatnonzero(sizes == size)
            levels = np.stack([pictures.images[part[i]][row[i]] for i in rows])
            rows = torch.from_numpy(rows)
            x[rows] = augmented(torch.from_numpy(levels).permute(0, 3, 1, 2).float(), side, generator, mild[rows])
        x = x.contiguous(memory_format=torch.channels_last)
        for group in optimizer.param_groups:
            group["lr"] = rate(options.rate, step, steps)
        trainer.train()
        with torch.autocast("cpu", torch.bfloat16):
            pooled = trainer.tower.pooled(x)
        look, meaning = pooled, F.linear(pooled, trainer.tower.projection.weight, trainer.tower.projection.bias)
        batch = {"part": part, "row": row, "label": label, "rng": rng}
        loss, each = losses(trainer, course, look, meaning, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trainer.parameters(), 5.0)
        optimizer.step()
        step += 1
        keep = min(AVERAGE, (1 + step) / (20 + step))
        with torch.no_grad():
            for mean, value in zip(averaged.state_dict().values(), trainer.tower.state_dict().values()):
                mean.lerp_(value, 1 - keep) if mean.is_floating_point() else mean.copy_(value)
        for name, value in each.items():
            told[name] = 0.98 * told.get(name, value) + 0.02 * value
        if step % 100 == 0:
            speed = 100 * BATCH / (time.time() - since)
            since = time.time()
            print(time.strftime("%H:%M"), step * BATCH, side, f"{speed:.0f}/s", {k: round(v, 3) for k, v in told.items()}, flush=True)
        if step % 1000 == 0 or step == steps:
            save()
            print("check", step * BATCH, check(averaged), flush=True)
            since = time.time()
    save()


if __name__ == "__main__":
    random.seed(SEED)
    main()
