"""Small random networks in the published file layouts, and what the reference libraries answer: the input of `tests/parity`.

    python tests/parity/generate.py

rewrites `tests/parity/fixtures` (committed, so the tests need no Python):

    <network>/…                 a model folder; weights are compressed with gzip, `model.safetensors.gz` and so on
    pictures/*.png              drawn pictures
    prepared/<recipe>/*.png     the 8-bit crops that the reference preprocessing makes of them, before normalising
    golden.json                 see below

`golden.json` is `{"versions", "preprocessing": [{"recipe", "resize", "side", "crops": [{"picture", "crop"}]}], "networks": [{"folder",
"purpose", "recipe", "dim", "noise_cosine", "images": [{"picture", "exact", "vector"}], "texts": [{"text", "tokens", "vector"}]}]}`; a
starter network is there twice, once for each purpose. Vectors have unit length; `tokens` end with the end-of-text token (the padding is left out). Where `exact` is true the picture is only cropped, not
resized, so nothing but the network can make a difference. `noise_cosine` is the lowest cosine that noise of one grey level leaves.

`starter.json` is written by `starter.py` and stays.

The networks are as small as the layouts allow. CLIP's real tokenizer makes ids up to 49,407, so the token table has its real length,
but its rows repeat with a period of 61: gzip keeps one period of them.

Another run with the same library versions writes the same files, but for `resnet50-old-pth`: that old format holds memory addresses.
"""

import gzip
import io
import json
import shutil
from pathlib import Path

import numpy as np
import open_clip
import timm
import torch
import torchvision
import transformers
from PIL import Image
from safetensors.torch import save as save_safetensors
from torchvision.transforms import v2

import small_networks
from drawn_pictures import draw
from full_size import CLIP_MEAN, CLIP_STD, distinct, one_grey_level, rounded, unit
from small_networks import SmallNetwork

FIXTURES = Path(__file__).parent / "fixtures"
IMAGENET_MEAN, IMAGENET_STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
TEXTS = [
    "hello world",
    "a photo of a cat",
    "two dogs, running!",
    "snow",
    "산에서 찍은 사진",
    " ".join(["many kinds of flowers"] * 40),
]

# picture: width, height. 32 and 48 are the sides of the small CLIP networks, 232 is what ResNet50's recipe resizes to.
PICTURES = {
    "side-32.png": (32, 32),
    "side-48.png": (48, 48),
    "side-232.png": (232, 232),
    "wide-232.png": (300, 232),
    "wide.png": (121, 90),
    "tall.png": (57, 95),
    "grey.png": (70, 64),
}


def main() -> None:
    for path in FIXTURES.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    images = write_pictures()
    # the starter's crops are CLIP's: only the range of its numbers differs
    preprocessing = [write_crops(recipe, images) for recipe in RECIPES if not recipe.name.startswith("starter")]
    with torch.no_grad():
        small = [
            *small_networks.clips(),
            *small_networks.resnets(calibration_pictures("resnet50-v2")),
            *small_networks.starters(calibration_pictures("starter-48")),
        ]
        networks = [entry for network in small for entry in write_network(network, images)]
    modules = (torch, torchvision, transformers, open_clip, timm)
    golden = {
        "versions": {module.__name__: module.__version__ for module in modules},
        "preprocessing": preprocessing,
        "networks": networks,
    }
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('{"', '\n{"')
    (FIXTURES / "golden.json").write_text(text.lstrip() + "\n", encoding="utf-8")
    total = sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file())
    print(f"{total / 1000:.0f} kB in {FIXTURES}")


class Recipe:
    """The published preprocessing of one network: resize the shorter side, crop the centre, normalise."""

    def __init__(self, name: str, resize: int, side: int, filter: v2.InterpolationMode, mean: list, std: list) -> None:
        self.name, self.resize, self.side, self.std = name, resize, side, std
        # on Pillow pictures torchvision resizes with Pillow, as the published networks were trained
        self.crop = v2.Compose([v2.Resize(resize, filter), v2.CenterCrop(side)])
        self.normalise = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])

    def pixels(self, image: Image.Image) -> torch.Tensor:
        """`[3, side, side]`, normalised."""
        return self.normalise(v2.functional.pil_to_tensor(self.crop(image)))


RECIPES = [
    Recipe("clip-32", 32, 32, v2.InterpolationMode.BICUBIC, CLIP_MEAN, CLIP_STD),
    Recipe("clip-48", 48, 48, v2.InterpolationMode.BICUBIC, CLIP_MEAN, CLIP_STD),
    Recipe("resnet50-v2", 232, 224, v2.InterpolationMode.BILINEAR, IMAGENET_MEAN, IMAGENET_STD),
    Recipe("starter-48", 48, 48, v2.InterpolationMode.BICUBIC, IMAGENET_MEAN, IMAGENET_STD),
]


def write_pictures() -> dict[str, Image.Image]:
    folder = FIXTURES / "pictures"
    folder.mkdir(parents=True)
    for seed, (name, (width, height)) in enumerate(PICTURES.items(), start=100):
        image = draw(width, height, seed, grain=0)
        (image.convert("L") if name == "grey.png" else image).save(folder / name, optimize=True)
    return {name: Image.open(folder / name).convert("RGB") for name in PICTURES}


def write_crops(recipe: Recipe, images: dict[str, Image.Image]) -> dict:
    folder = FIXTURES / "prepared" / recipe.name
    folder.mkdir(parents=True)
    crops = []
    for name, image in images.items():
        # the large crops of ResNet50 take space; two of them show what the others would
        if recipe.side > 100 and name not in ("wide.png", "tall.png"):
            continue
        crop = recipe.crop(image)
        crop.save(folder / name, optimize=True)
        crops.append({"picture": f"pictures/{name}", "crop": f"prepared/{recipe.name}/{name}"})
        if recipe.name.startswith("clip"):
            agree_with_transformers(recipe, name, image, crop)
    return {"recipe": recipe.name, "resize": recipe.resize, "side": recipe.side, "crops": crops}


def agree_with_transformers(recipe: Recipe, name: str, image: Image.Image, crop: Image.Image) -> None:
    """`transformers` must make the same crop. Its crop starts half a pixel earlier where an odd margin rounds to even upwards."""
    width, height = image.size
    margin = int(recipe.side * max(width, height) / min(width, height)) - recipe.side
    if margin % 4 == 3:
        return
    processor = transformers.CLIPImageProcessorPil(
        size={"shortest_edge": recipe.side}, crop_size={"height": recipe.side, "width": recipe.side},
        do_rescale=False, do_normalize=False,
    )
    theirs = np.asarray(processor(image)["pixel_values"][0]).transpose(1, 2, 0)
    if not np.array_equal(theirs, np.asarray(crop)):
        raise SystemExit(f"{recipe.name}/{name}: transformers and torchvision prepare the picture differently")


def calibration_pictures(name: str) -> torch.Tensor:
    recipe = next(recipe for recipe in RECIPES if recipe.name == name)
    return torch.stack([recipe.pixels(draw(260, 240, 1000 + seed, grain=0)) for seed in range(12)])


def write_network(network: SmallNetwork, images: dict[str, Image.Image]) -> list[dict]:
    """Writes the files; returns the answers for each purpose."""
    folder = FIXTURES / network.folder
    folder.mkdir()
    if network.config is not None:
        name, content = network.config
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / f"{network.file}.gz").write_bytes(gzip.compress(serialised(network), 9, mtime=0))

    return [answers(network, purpose, images) for purpose in network.image_features]


def answers(network: SmallNetwork, purpose: str, images: dict[str, Image.Image]) -> dict:
    recipe = next(recipe for recipe in RECIPES if recipe.name == network.recipe)
    pixels = torch.stack([recipe.pixels(image) for image in images.values()])
    image_features = network.image_features[purpose]
    vectors = unit(image_features(pixels))
    distinct(f"{network.folder}: pictures by {purpose}", vectors)
    noisy = unit(image_features(pixels + one_grey_level(pixels, recipe.std)))
    texts = []
    if network.text_features is not None and purpose == "meaning":
        tokens = network.tokenize(TEXTS)
        text_vectors = unit(network.text_features(tokens))
        distinct(f"{network.folder}: texts", text_vectors)
        texts = [
            {"text": text, "tokens": ids[: ids.argmax() + 1].tolist(), "vector": rounded(vector)}
            for text, ids, vector in zip(TEXTS, tokens, text_vectors)
        ]
    noise_cosine = (vectors * noisy).sum(1).min().item()
    print(f"{network.folder}: {vectors.shape[1]} dimensions, noise leaves a cosine of {noise_cosine:.6f}")
    return {
        "folder": network.folder,
        "purpose": purpose,
        "recipe": network.recipe,
        "dim": vectors.shape[1],
        "noise_cosine": round(noise_cosine, 7),
        "images": [
            {"picture": f"pictures/{name}", "exact": min(image.size) == recipe.resize, "vector": rounded(vector)}
            for (name, image), vector in zip(images.items(), vectors)
        ],
        "texts": texts,
    }


def serialised(network: SmallNetwork) -> bytes:
    tensors = {name: tensor.contiguous() for name, tensor in network.tensors.items()}
    if network.file.endswith(".safetensors"):
        return save_safetensors(tensors, metadata={"format": "pt"})
    file = io.BytesIO()
    torch.save(tensors, file, _use_new_zipfile_serialization=not network.legacy)
    return file.getvalue()


if __name__ == "__main__":
    main()
