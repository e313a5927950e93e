"""Makes the packed sets of pictures from clones of public repositories on GitHub.

    python gather.py --clones FOLDER [SET ...]      # no SET: all of them

A clone, bare or not, lies in FOLDER/owner+name or FOLDER/owner+name/repo. Nothing is checked out: files are read from git's own store.
Every set becomes `data/<set>.images.npy` `[n, 80, 80, 3]` and `data/<set>.json` with what is known of each picture. Tiny ImageNet keeps its
64 × 64 and gets `tiny-{train,val}.labels.npy` instead. The commits are fixed, so the outcome is the same every time.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Callable

import numpy as np
from PIL import Image, ImageOps

from places import DATA

SIDE = 80
SMALLEST = 48
"""Pictures with a shorter side than this are left out."""
PICTURE = re.compile(r"\.(jpe?g|png|webp|bmp|gif)$", re.IGNORECASE)
WNID = re.compile(r"n\d{8}")
Image.MAX_IMAGE_PIXELS = 200_000_000

SAMPLES = ("EliSchwartz/imagenet-sample-images", "bc69043e2862758a1906c6a24a792bb28c6bb2ff")
CAPTIONS_OF_FLICKR = ("quantumnaan/sic_translator", "d27da85cff2dbf143fcaf365aece667d66c4298f")
CAPTIONS_OF_COCO = ("ruizewang/evaluate", "1152656d3b8c66c48fc6a4357e159f5e21bd2d2d")
TINY = ("seshuad/IMagenet", "153dbc161ab7942a12c99515e80ef6454dd06693")


class Clone:
    """One commit of a repository."""

    def __init__(self, folder, repository, commit):
        self.commit = commit
        place = folder / repository.replace("/", "+")
        heads = [p for p in (place, place / ".git", place / "repo", place / "repo" / ".git") if (p / "HEAD").is_file()]
        if not heads:
            sys.exit(f"{place} is no clone: make one with `git clone --bare`, of {repository} on GitHub")
        self.command = ["git", f"--git-dir={heads[0]}", "-c", "core.quotepath=false"]
        if subprocess.run([*self.command, "cat-file", "-e", commit + "^{commit}"], capture_output=True).returncode:
            sys.exit(f"{place} lacks the commit {commit}: it needs the whole history of {repository} on GitHub")

    def output(self, *arguments):
        return subprocess.run([*self.command, *arguments], capture_output=True, check=True).stdout

    @cached_property
    def files(self):
        """Path → blob, in git's order."""
        found = {}
        for line in self.output("ls-tree", "-r", "-z", self.commit).decode("utf-8", "replace").split("\0")[:-1]:
            about, path = line.split("\t", 1)
            mode, kind, blob = about.split()
            if kind == "blob" and mode != "120000":
                found[path] = blob
        return found

    def text(self, path):
        return self.output("show", f"{self.commit}:{path}").decode("utf-8", "replace")

    def contents(self, blobs):
        """The bytes of each blob in turn, `None` for one that the clone lacks."""
        process = subprocess.Popen([*self.command, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20)

        def ask():
            for blob in blobs:
                process.stdin.write(f"{blob}\n".encode())
            process.stdin.close()

        threading.Thread(target=ask, daemon=True).start()
        for _ in blobs:
            head = process.stdout.readline().split()
            if head[1] == b"missing":
                yield None
            else:
                content = process.stdout.read(int(head[2]))
                process.stdout.read(1)
                yield content
        process.wait()


def cut(image):
    """The shorter side becomes `SIDE`, the middle is kept."""
    scale = SIDE / min(image.size)
    width, height = (max(SIDE, round(side * scale)) for side in image.size)
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC).crop((left, top, left + SIDE, top + SIDE)))


def upright(content):
    image = Image.open(io.BytesIO(content))
    if image.format == "JPEG" and min(image.size) >= 4 * SIDE:
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("P", "LA", "PA", "RGBA"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
    image = image.convert("RGB")
    return cut(image) if min(image.size) >= SMALLEST else None


def finer(content):
    """JPEGs decoded at no less than three times `SIDE`."""
    image = Image.open(io.BytesIO(content))
    image.draft("RGB", (3 * SIDE, 3 * SIDE))
    return cut(image.convert("RGB"))


def unpadded(content):
    """Without the bars at the right and below that filled the picture up to a square."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    levels = np.asarray(image).astype(int)
    bar = abs(levels - levels[-1, -1]).max(2) < 10
    height, width = bar.shape
    rows, columns = bar.mean(1) > 0.97, bar.mean(0) > 0.97
    while height > 1 and rows[height - 1]:
        height -= 1
    while width > 1 and columns[width - 1]:
        width -= 1
    if min(height, width) < 60:
        height, width = bar.shape
    return cut(image.crop((0, 0, width, height)))


UNNAMED = ""
"""A label for pictures of which it is not known what they show."""


@dataclass(frozen=True)
class Set:
    repository: str
    commit: str
    label: Callable
    """(parts of a path, what `known` told) → label, `UNNAMED`, or `None` for a file that is not of the set."""
    terms: str
    note: str = ""
    known: Callable = lambda clone, other: None
    """(the clone, a function that gives other clones) → whatever `label` and `captions` need."""
    captions: Callable = lambda parts, known: ()
    read: Callable = upright
    most: int | None = None
    """Pictures of one label: the first in the order of their names."""
    keep: Callable = lambda label, pixels: True


def by_table(place, table):
    """The folder at `place` of the path, as `table` calls it."""
    return lambda parts, _: table.get(parts[place]) if len(parts) > place + 1 else None


def under(*start, depth=None, name=lambda parts: UNNAMED):
    """Everything in a folder, `depth` parts deep."""
    return lambda parts, _: name(parts) if parts[: len(start)] == list(start) and depth in (None, len(parts)) else None


def listed(clone, _):
    """File name → label, of a table in the repository."""
    return {row["filename"]: row["label"].strip() for row in csv.DictReader(io.StringIO(clone.text("Training_set.csv")))}


def names_of_wnids(_, other):
    found = (re.fullmatch(r"(n\d{8})_(.*)\.JPEG", path.split("/")[-1]) for path in other(*SAMPLES).files)
    return {match[1]: match[2].replace("_", " ") for match in found if match}


def imagenet(parts, names):
    wnid = next((part for part in parts[:-1] if WNID.fullmatch(part)), None)
    return names.get(wnid, wnid)


def grocery(parts, _):
    if parts[0] != "dataset" or parts[1] not in ("train", "val", "test"):
        return None
    kind, *names = (part.replace("-", " ") for part in parts[2:-1])
    first, last = names[0].lower(), names[-1]
    if kind == "Packages":
        return last if first in last.lower() else f"{last} {first}"
    if len(names) == 1:
        return first
    return last.lower() if first in last.lower() else f"{last} {first}"


def caltech(parts, _):
    if "caltech-101" not in parts:
        return None
    name = parts[parts.index("caltech-101") + 1]
    return CALTECH.get(name, name.replace("_", " "))


def places(parts, _):
    if parts[:3] != ["data", "images", "train"]:
        return None
    name = "/".join(parts[4:-1])
    return PLACES.get(name, name.replace("/", " ").replace("_", " "))


def no_edge_map(label, pixels):
    """The repository has edge maps in place of most pictures of five classes."""
    return label not in ("airplane", UNNAMED, "anchor", "ant", "accordion") or (pixels.max(2).astype(int) - pixels.min(2)).max() >= 12


def emoji(parts, _):
    """What Unicode calls a single character. Flags, arrows, signs with letters and clocks are left out: no photo shows them."""
    name = re.fullmatch(r"emoji_u([0-9a-f]{4,5})\.png", parts[-1])
    if parts[:2] != ["png", "128"] or not name:
        return None
    code = int(name[1], 16)
    words = unicodedata.name(chr(code), "").lower()
    if not words or code < 0x2600 or unicodedata.category(chr(code)) != "So" or SIGNS.search(words):
        return None
    words = re.sub(r"^(black|white|heavy) ", "", words)
    is_animal = 0x1F400 <= code <= 0x1F43F or 0x1F980 <= code <= 0x1F9AE
    return words.removesuffix(" face") if is_animal else words


def captions_of_flickr(clone, other):
    """File name → captions: the whole collection, and what the pictures' own repository adds."""
    found, whole = {}, other(*CAPTIONS_OF_FLICKR)

    def add(file, caption):
        group = found.setdefault(file, [])
        if caption not in group:
            group.append(caption)

    for path in ("data/ignore_captions.txt", "data/captions.txt"):
        for row in csv.reader(io.StringIO(whole.text(path))):
            if len(row) > 1 and row[0].endswith(".jpg"):
                add(row[0], ",".join(row[1:]).strip())
    for part in ("Train", "Dev", "Test"):
        for line in clone.text(f"data/flickr8k.{part}Images.txt").splitlines():
            fields = line.split("\t")
            if len(fields) == 3 and fields[2].strip() == "match":
                add(fields[0], fields[1].strip())
    return found


CALTECH = {
    "BACKGROUND_Google": UNNAMED, "Faces": "face", "Faces_easy": "face", "Motorbikes": "motorcycle", "airplanes": "airplane", "Leopards": "leopard",
    "car_side": "car", "cougar_body": "cougar", "cougar_face": "cougar", "crocodile_head": "crocodile", "flamingo_head": "flamingo",
    "joshua_tree": "Joshua tree", "sea_horse": "seahorse", "snoopy": "Snoopy", "water_lilly": "water lily", "windsor_chair": "Windsor chair",
    "yin_yang": "yin yang symbol", "hawksbill": "sea turtle", "ketch": "sailboat", "garfield": "Garfield",
}
PLACES = {
    "church/outdoor": "church", "track/outdoor": "running track", "temple/east_asia": "East Asian temple", "stadium/football": "football stadium",
    "subway_station/platform": "subway station platform", "train_station/platform": "train station platform", "desert/sand": "sand desert",
    "swimming_pool/indoor": "indoor swimming pool", "swimming_pool/outdoor": "outdoor swimming pool", "cathedral/outdoor": "cathedral",
    "monastery/outdoor": "monastery", "market/outdoor": "outdoor market", "market/indoor": "indoor market", "hotel/outdoor": "hotel",
    "apartment_building/outdoor": "apartment building", "library/outdoor": "library building", "kindergarden_classroom": "kindergarten classroom",
    "ice_skating_rink/outdoor": "outdoor ice skating rink", "ice_skating_rink/indoor": "indoor ice skating rink", "museum/indoor": "museum",
    "bakery/shop": "bakery", "butchers_shop": "butcher's shop", "doorway/outdoor": "doorway", "shopping_mall/indoor": "shopping mall",
    "stage/indoor": "stage", "jail/indoor": "jail", "general_store/outdoor": "general store",
}
SCENES = {
    "opencountry": "open country", "mountain": "mountain", "coast": "coast", "tallbuilding": "tall building", "forest": "forest", "store": "store",
    "industrial": "industrial building", "insidecity": "inner city", "street": "street", "livingroom": "living room", "highway": "highway",
    "suburb": "suburb", "bedroom": "bedroom", "office": "office", "kitchen": "kitchen",
}
SPORTS = {
    name: name.replace("_", " ") for name in (
        "badminton", "baseball", "gymnastics", "tennis", "ice_hockey", "cricket", "volleyball", "table_tennis", "boxing", "swimming", "fencing",
        "wrestling", "weight_lifting", "basketball", "chess", "kabaddi",
    )
} | {
    "football": "soccer", "formula1": "Formula 1 racing car", "motogp": "motorcycle racing", "wwe": "professional wrestling",
    "hockey": "field hockey", "shooting": "sport shooting",
}
IMAGENETTE = {
    "n02979186": "cassette player", "n01440764": "tench", "n03417042": "garbage truck", "n03888257": "parachute", "n03394916": "French horn",
    "n02102040": "English springer", "n03445777": "golf ball", "n03028079": "church", "n03425413": "gas pump", "n03000684": "chainsaw",
}
INSTRUMENTS = {"acordian": "accordion", "saxaphone": "saxophone", "marakas": "maracas", "casaba": "cabasa", "guiro": "güiro"}
SIGNS = re.compile(
    r"squared|circled|regional|clock face|arrow|triangle|square|circle|button|symbol|modifier|ideograph|negative|ballot|recycling|tone|"
    r"sign of|aries|taurus|gemini|cancer|leo\b|virgo|libra|scorpius|sagittarius|capricorn|aquarius|pisces|ophiuchus|input|multiplication|"
    r"check mark|cross mark|question|exclamation|curly|wavy|asterisk|sparkle$|dashes|part alternation|hair component|moon symbol"
)
INTEL = {name: name for name in ("sea", "street", "mountain", "buildings", "forest", "glacier")}
ROOMS = {"bathroom": "bathroom", "bedroom": "bedroom", "kitchen": "kitchen", "frontal": "house"}
WEATHER = {"sunrise": "sunrise", "shine": "sunny sky", "rainy": "rain", "foggy": "fog", "cloudy": "cloudy sky"}
PHOTOS_OF_IMAGENET = "pictures from ImageNet (Russakovsky et al. 2015): non-commercial research and educational use"

SETS = {
    "flickr8k": Set(
        "RlNZLER/Image-Text-Matching", "56a15d913c3f290e2ee896386ece6076c1eea02e", under("data", "images"), known=captions_of_flickr,
        captions=lambda parts, known: known.get(parts[-1], ()),
        terms="Flickr8k (Hodosh, Young, Hockenmaier 2013): photos remain their Flickr owners', for non-commercial research and/or educational use "
        "only; captions CC BY-SA 3.0 by some copies; repository says MIT for its code",
        note="pictures were resized to 224x224 without keeping the aspect ratio; captions from quantumnaan/sic_translator",
    ),
    "intel_scenes": Set(
        "afroozsheikh/Intel-Image-Classifier", "b48be1d6e02b3e3019c44a1b01482fa04f5259c5",
        lambda parts, _: INTEL.get(parts[1]) if len(parts) == 3 and parts[0] in ("train", "test") else None,
        terms="Intel Image Classification (Puneet Bansal/Intel, Analytics Vidhya challenge); no licence stated; research use",
    ),
    "mini_imagenet": Set(
        "Deo0330/split_minidataset", "557ebcae0db23651f9370f54a5f31b1f0fd4064d", imagenet, known=names_of_wnids, most=250,
        terms=f"mini-ImageNet (Vinyals et al. 2016); {PHOTOS_OF_IMAGENET}",
    ),
    "imagenette": Set(
        "thunderInfy/imagenette", "b850f030ff0701c36a4adc8b928ea9483a46915b", by_table(1, IMAGENETTE),
        terms=f"Imagenette (fast.ai, Apache-2.0 for the list); {PHOTOS_OF_IMAGENET}",
    ),
    "imagewoof": Set(
        "thunderInfy/imagewoof", "6338aeea098965e0a0ebdf74404862fae9760fe3", imagenet, known=names_of_wnids,
        terms=f"Imagewoof (fast.ai, Apache-2.0 for the list); {PHOTOS_OF_IMAGENET}",
    ),
    "imagenet_samples": Set(
        *SAMPLES, lambda parts, _: parts[-1].split("_")[0], read=finer,
        terms=f"one picture of each class; {PHOTOS_OF_IMAGENET}", note="labels are ids of WordNet",
    ),
    "miniplaces": Set(
        "rathull/CTFs", "f35c219885f163ca00a045236dd44be489598837", places, most=250,
        terms="MiniPlaces (MIT 6.869 challenge), 100 classes of Places365 (Zhou et al. 2017, MIT CSAIL; CC BY for the set, pictures for "
        "non-commercial research and education)",
        note="first 250 of 900 pictures a class; pictures were 128x128, squeezed to a square",
    ),
    "ade20k_val_unlabelled": Set(
        "lehtoneo/cross-platform-inference-data-api", "be34c324f674b2493f388d715c26146722d507f7",
        lambda parts, _: UNNAMED if parts[0] == "ade20k" and parts[-1].endswith(".jpg") else None, read=unpadded,
        terms="ADE20K validation photos (Zhou et al. 2017, MIT CSAIL): non-commercial research and educational use", note="padding bars cut off",
    ),
    "food101": Set(
        "Gandolier/genai_food101_repo", "1ed9ca6f28568f44b367fdd76789aec3d59d6dce",
        under("data", "train", depth=4, name=lambda parts: parts[2].replace("_", " ")), most=247,
        terms="Food-101 (Bossard, Guillaumin, Van Gool 2014): pictures from Foodspotting, research use (\"scientific fair use\")",
        note="pictures were 64x64",
    ),
    "sports22": Set(
        "jurjsorinliviu/Sports-Type-Classifier", "44513762e9ebbabeb64b55c5da5401fe57b6d85b",
        under("data", depth=3, name=lambda parts: SPORTS.get(parts[1])),
        terms="Sports classification set by anubhavmaity (pictures gathered by web image search; no licence stated); research use",
    ),
    "flowers5": Set(
        "JoelOscarsson/dl-assignment", "05bf18b10cd76b8225e93e93beef1cb94c77cfbb",
        under("data", "flowers", name=lambda parts: None if parts[-1].startswith("aug_") else parts[2]),
        terms="Flowers Recognition (Alexander Mamaev; collected from Flickr and by web image search); no licence stated; research use",
        note="227x227, squeezed to a square; without the augmented copies",
    ),
    "grocery": Set(
        "marcusklasson/GroceryStoreDataset", "fc80ba90f803d79d0383df52c5a4ac5de99ff6fc", grocery,
        terms="Grocery Store Dataset (Klasson, Zhang, Kjellström 2019), MIT licence",
    ),
    "butterflies": Set(
        "HPD1155/Image-CNN", "ec99c16d4c2480924ca6f7fbf9e9e1c61f3f037f", known=listed,
        label=lambda parts, known: f"{known[parts[-1]].lower()} butterfly" if parts[0] == "train" and parts[-1] in known else None,
        terms="Butterfly Image Classification (gpiosenka, phucthaiv02: CC0 stated by them); repository has no licence",
    ),
    "cats_dogs": Set(
        "quoctrung163/keras-cnn-on-cats-and-dogs-dataset", "8eb7e534345d1eb44401d1db6cd33a759ed653b5",
        under("train", name=lambda parts: {"cat": "cat", "dog": "dog"}.get(parts[1].split(".")[0])),
        terms="Dogs vs. Cats (Asirra, Microsoft Research / Petfinder): data of a competition, research use",
    ),
    "houses": Set(
        "emanhamed/Houses-dataset", "5e148219500558089cf5cf121b626b17fdde9b92",
        lambda parts, _: ROOMS.get(parts[-1].rsplit("_", 1)[-1].split(".")[0]),
        terms="Houses dataset (Ahmed, Moustafa 2016): free to use with citation; no licence file",
    ),
    "receipts": Set(
        "zzzDavid/ICDAR-2019-SROIE", "27be4271b251c256f695acbade9a801bffe85994", under("data", "img", name=lambda _: "receipt"),
        terms="SROIE receipts (ICDAR 2019): research use, CC BY 4.0 by some copies; repository says MIT",
    ),
    "weather": Set(
        "shubhankarm01/Weather-image-classification", "3dbe27cfcf470d8bb32464a9cb8fa64e93052a81", known=listed,
        label=lambda parts, known: WEATHER.get(known.get(parts[-1])) if parts[0] == "train" else None,
        terms="a hackathon's copy of the multi-class weather dataset (Ajayi 2018: CC BY 4.0); no licence in the repository",
    ),
    "sunrise_sunset": Set(
        "supriya357/sunrise-sunset-classifier", "b4d2c788d71d36992646db56076eb7948951ad0e",
        lambda parts, _: parts[1] if parts[0] in ("dataset", "train", "val") and parts[1] in ("sunrise", "sunset") else None,
        terms="pictures gathered from the web; no licence stated; research use",
    ),
    "instruments": Set(
        "aizadaaskar/dl-homework", "e1f4d1754dd7503f5ccf911da8d22ee8f987ef36",
        under("train", depth=3, name=lambda parts: INSTRUMENTS.get(parts[1], parts[1].lower())),
        terms="30 Musical Instruments (gpiosenka; gathered by web search); no licence stated in the repository; research use",
    ),
    "pacs": Set(
        "MachineLearning2020/Homework3-PACS", "d586a6cf3db84896fb6cc465c7bf51bdaf6d65d8",
        under("PACS", depth=4, name=lambda parts: None if parts[1] == "sketch" else parts[2]),
        terms="PACS (Li, Yang, Song, Hospedales 2017): research use; no licence stated", note="photos, paintings and cartoons, no sketches",
    ),
    "emoji": Set(
        "emoj-info/noto", "48c41532639be784affdee587f114c6297bc827a", emoji,
        terms="Noto Emoji (Google): Apache-2.0", note="single characters, on white, by their names in Unicode",
    ),
    "clothing": Set(
        "alexeygrigorev/clothing-dataset-small", "11961516512414bf9f6c150a832cfd21b54a6b54",
        lambda parts, _: parts[1] if len(parts) > 1 else None, read=finer, terms="Clothing dataset (Grigorev 2020): CC0",
    ),
    "caltech101": Set(
        "taibarehm/CVassimgement", "5e5ee696e6576f6ed4c674e3763f77e40242332a", caltech, keep=no_edge_map,
        terms="Caltech-101 (Fei-Fei, Fergus, Perona 2004): CC BY 4.0",
        note="tests only; grey pictures of airplane, anchor, ant, accordion and background left out: the repository has edge maps in their place",
    ),
    "scenes15": Set(
        "jaaumeadrover/Landscape-Image-Classification", "7985b6b6e532f94f96da7dee74eb9a0ae7972083",
        under("data", depth=4, name=lambda parts: SCENES.get(parts[2].lower())),
        terms="Fifteen Scene Categories (Lazebnik, Schmid, Ponce 2006): CC BY 4.0 by one copy", note="tests only; grey pictures",
    ),
}


def pack(name, clone, other):
    """Writes one set of the table."""
    recipe = SETS[name]
    known, chosen, counts = recipe.known(clone, other), {}, Counter()
    for path in sorted(clone.files) if recipe.most else clone.files:
        parts = path.split("/")
        label = recipe.label(parts, known) if PICTURE.search(path) else None
        if label is None or counts[label] == recipe.most:
            continue
        counts[label] += 1
        blob = clone.files[path]
        if blob in chosen:
            merge(chosen[blob][2], recipe.captions(parts, known))
        else:
            chosen[blob] = (path, label, list(recipe.captions(parts, known)))
    images = np.empty((len(chosen), SIDE, SIDE, 3), np.uint8)
    kept, first, unread = [], {}, 0
    for entry, content in zip(chosen.values(), clone.contents(list(chosen))):
        try:
            pixels = recipe.read(content)
        except Exception as error:  # Pillow raises many kinds for one broken picture, and broken ones are few.
            print(f"{name}: {entry[0]}: {error}", file=sys.stderr)
            pixels = None
        if pixels is None or not recipe.keep(entry[1], pixels):
            unread += 1
            continue
        seen = first.setdefault(hashlib.sha256(pixels.tobytes()).digest(), entry)
        if seen is entry:
            images[len(kept)] = pixels
            kept.append(entry)
        else:
            merge(seen[2], entry[2])
    np.save(DATA / f"{name}.images.npy", images[: len(kept)])
    files, labels, captions = ([entry[i] for entry in kept] for i in range(3))
    about = {"source": recipe.repository, "commit": recipe.commit, "terms": recipe.terms, "note": recipe.note}
    about |= {"labels": [label or None for label in labels], "captions": captions if any(captions) else None, "files": files}
    (DATA / f"{name}.json").write_text(json.dumps(about))
    print(f"{name}: {len(kept)} pictures, {unread} left out", flush=True)


def merge(captions, more):
    captions.extend(caption for caption in more if caption not in captions)


def tiny(clone, _):
    """Tiny ImageNet (200 classes of ImageNet at 64 × 64), and the words of every id of ImageNet."""
    root = "tiny-imagenet-200"
    (DATA / "imagenet-words.txt").write_text(clone.text(f"{root}/words.txt"))
    labels = dict(line.split("\t")[:2] for line in clone.text(f"{root}/val/val_annotations.txt").splitlines())
    paths = [path.split("/") for path in clone.files if path.endswith(".JPEG")]
    parts = {"train": [(p, p[2]) for p in paths if p[1] == "train"], "val": [(p, labels[p[-1]]) for p in paths if p[1] == "val"]}
    wnids = sorted({wnid for _, wnid in parts["train"]})
    (DATA / "tiny-wnids.json").write_text(json.dumps(wnids))
    for part, entries in parts.items():
        blobs = [clone.files["/".join(path)] for path, _ in entries]
        images = np.empty((len(blobs), 64, 64, 3), np.uint8)
        for row, content in enumerate(clone.contents(blobs)):
            images[row] = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
        np.save(DATA / f"tiny-{part}.images.npy", images)
        np.save(DATA / f"tiny-{part}.labels.npy", np.array([wnids.index(wnid) for _, wnid in entries], np.int32))
        print(f"tiny-{part}: {len(blobs)} pictures", flush=True)


def wnids(clone, _):
    """The 1,000 ids of ImageNet, in the order of its classes."""
    found = {path.split("_")[0] for path in clone.files if WNID.match(path)}
    (DATA / "imagenet-wnids.json").write_text(json.dumps(sorted(found)))


def captions_of_coco(clone, _):
    (DATA / "captions_val2017.json").write_text(clone.text("annotations/captions_val2017.json"))


OTHERS = {"tiny": (TINY, tiny), "imagenet_ids": (SAMPLES, wnids), "coco_captions": (CAPTIONS_OF_COCO, captions_of_coco)}
"""What is no set of pictures of 80 × 80: where it comes from and how it is read."""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--clones", type=Path, required=True)
    arguments.add_argument("sets", nargs="*", metavar="SET", help=", ".join([*OTHERS, *SETS]))
    options = arguments.parse_args()
    clone = lambda repository, commit: Clone(options.clones, repository, commit)
    unknown = set(options.sets) - {*OTHERS, *SETS}
    if unknown:
        sys.exit(f"no such set: {', '.join(sorted(unknown))}")
    for name in options.sets or [*OTHERS, *SETS]:
        if name in OTHERS:
            source, write = OTHERS[name]
            write(clone(*source), clone)
        else:
            pack(name, clone(SETS[name].repository, SETS[name].commit), clone)


if __name__ == "__main__":
    main()
