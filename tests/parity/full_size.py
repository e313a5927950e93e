"""Full-size random networks, picture files, and what the reference libraries answer: the input of `cargo xtask parity`.

    python tests/parity/full_size.py [--out FOLDER] [--onnx]

writes about 700 MB (never committed):

    clip-vit-b-32-random/{config.json,model.safetensors}   a model folder for `--model` (Hugging Face layout, QuickGELU)
    resnet50-random/resnet50-random.pth                    a model folder for `--model` (torchvision layout, V2 preprocessing)
    pictures/…                                             drawn pictures in several formats
    golden.json                                            see below
    onnx/{clip-image,clip-text,resnet50}.onnx              with `--onnx`: the same networks for `xtask/peers/onnxruntime_peer.py`

`golden.json` is `{"versions": {…}, "networks": [{"model", "dim", "mean_pairwise_cosine", "noise_cosine", "images": [{"file", "vector"}],
"texts": [{"text", "tokens", "vector"}]}]}`. Paths are relative to the folder, vectors have unit length, `tokens` end with the end-of-text
token (the padding is left out). `noise_cosine` is the lowest cosine that noise of one grey level in the prepared pixels leaves: it
tells how far a decoder's rounding may move a vector. A run whose pictures or texts look alike to a network fails.

Everything is seeded: two runs with the same library versions write the same files.
"""

import argparse
import json
from pathlib import Path

import open_clip
import torch
import torchvision
import transformers
from torch import nn
from torchvision.models import ResNet50_Weights
from torchvision.transforms import v2

from cache_folder import cache_folder
from drawn_pictures import draw, open_upright, write_set
from random_weights import mean_pairwise_cosine, randomise_resnet, randomise_transformer

CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
TEXTS = [
    "hello world",
    "a photo of a cat",
    "a photo of a dog",
    "two people on a beach at sunset",
    "Red car, parked!",
    "a birthday cake with 7 candles",
    "snow",
    "산에서 찍은 가족 사진",
    "don't  stop   here",
    " ".join(["a very long description of a garden with many kinds of flowers"] * 12),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=cache_folder() / "parity", help="where to write (default: %(default)s)")
    parser.add_argument("--onnx", action="store_true", help="also export the networks to ONNX")
    arguments = parser.parse_args()
    out: Path = arguments.out
    pictures = out / "pictures"
    names = write_set(pictures)
    images = [open_upright(pictures / name) for name in names]
    files = [f"pictures/{name}" for name in names]
    onnx = out / "onnx" if arguments.onnx else None
    with torch.no_grad():
        networks = [clip_golden(out, files, images, onnx), resnet50_golden(out, files, images, onnx)]
    versions = {module.__name__: module.__version__ for module in (torch, torchvision, transformers, open_clip)}
    golden = {"versions": versions, "networks": networks}
    (out / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for network in networks:
        print({key: value for key, value in network.items() if key not in ("images", "texts")})


def clip_golden(out: Path, files: list[str], images: list, onnx: Path | None) -> dict:
    config = transformers.CLIPConfig()  # the defaults are ViT-B/32
    model = transformers.CLIPModel(config).eval()
    randomise_transformer(model, seed=32)
    folder = out / "clip-vit-b-32-random"
    model.save_pretrained(folder)

    prepare = v2.Compose([
        v2.Resize(224, v2.InterpolationMode.BICUBIC),
        v2.CenterCrop(224),
        v2.PILToTensor(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(CLIP_MEAN, CLIP_STD),
    ])
    pixels = torch.stack([prepare(image) for image in images])
    image_tower, text_tower = ImageTower(model), TextTower(model)
    image_vectors = unit(image_tower(pixels))
    noisy_vectors = unit(image_tower(pixels + one_grey_level(pixels, CLIP_STD)))
    tokens = open_clip.tokenize(TEXTS)
    text_vectors = unit(text_tower(tokens))
    if onnx:
        export(image_tower, pixels[:2], {0: "pictures"}, onnx / "clip-image.onnx")
        export(text_tower, tokens[:2], {0: "texts", 1: "tokens"}, onnx / "clip-text.onnx")
    return {
        "model": folder.name,
        "dim": image_vectors.shape[1],
        "mean_pairwise_cosine": distinct("CLIP pictures", image_vectors),
        "mean_pairwise_cosine_texts": distinct("CLIP texts", text_vectors),
        "noise_cosine": (image_vectors * noisy_vectors).sum(1).min().item(),
        "images": [{"file": file, "vector": rounded(vector)} for file, vector in zip(files, image_vectors)],
        "texts": [
            {"text": text, "tokens": ids[: ids.argmax() + 1].tolist(), "vector": rounded(vector)}
            for text, ids, vector in zip(TEXTS, tokens, text_vectors)
        ],
    }


def resnet50_golden(out: Path, files: list[str], images: list, onnx: Path | None) -> dict:
    model = torchvision.models.resnet50(weights=None)
    prepare = ResNet50_Weights.IMAGENET1K_V2.transforms()  # the settings only; no weights are fetched
    calibration = torch.stack([prepare(draw(300, 300, 1000 + i)) for i in range(16)])
    randomise_resnet(model, seed=50, pictures=calibration)
    folder = out / "resnet50-random"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / "resnet50-random.pth")

    model.fc = nn.Identity()
    pixels = torch.stack([prepare(image) for image in images])
    vectors = unit(model(pixels))
    noisy_vectors = unit(model(pixels + one_grey_level(pixels, prepare.std)))
    if onnx:
        export(model, pixels[:2], {0: "pictures"}, onnx / "resnet50.onnx")
    return {
        "model": folder.name,
        "dim": vectors.shape[1],
        "mean_pairwise_cosine": distinct("ResNet50 pictures", vectors),
        "noise_cosine": (vectors * noisy_vectors).sum(1).min().item(),
        "images": [{"file": file, "vector": rounded(vector)} for file, vector in zip(files, vectors)],
        "texts": [],
    }


class ImageTower(nn.Module):
    """`[n, 3, 224, 224]` normalised pixels to `[n, 512]` features."""

    def __init__(self, model: transformers.CLIPModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.model.get_image_features(pixel_values=pixels).pooler_output


class TextTower(nn.Module):
    """`[n, tokens]` ids that end with the end-of-text token, zeros behind it, to `[n, 512]` features."""

    def __init__(self, model: transformers.CLIPModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.model.get_text_features(input_ids=tokens).pooler_output


def export(module: nn.Module, example: torch.Tensor, dynamic: dict[int, str], path: Path) -> None:
    """Write a network as ONNX with its weights inside; `dynamic` names the axes of any length."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module.eval(),
        (example,),
        path,
        input_names=["input"],
        output_names=["features"],
        dynamic_shapes=({axis: torch.export.Dim(name) for axis, name in dynamic.items()},),
        external_data=False,
        dynamo=True,
        verbose=False,
    )


def unit(vectors: torch.Tensor) -> torch.Tensor:
    return nn.functional.normalize(vectors, dim=1)


def one_grey_level(pixels: torch.Tensor, std: list[float]) -> torch.Tensor:
    """Noise of -1, 0 or +1 of 255 levels per value, in normalised units."""
    steps = torch.randint(-1, 2, pixels.shape, generator=torch.Generator().manual_seed(0))
    return steps / 255 / torch.tensor(std).view(1, 3, 1, 1)


def distinct(what: str, vectors: torch.Tensor) -> float:
    """The mean pairwise cosine; an error where the network does not tell its inputs apart, which would make parity worthless."""
    cosine = mean_pairwise_cosine(vectors)
    if cosine >= 0.95:
        raise SystemExit(f"{what}: mean pairwise cosine {cosine:.4f}, the random network does not tell its inputs apart")
    return cosine


def rounded(vector: torch.Tensor) -> list[float]:
    """Eight significant digits: about what an f32 holds."""
    return [float(f"{value:.8g}") for value in vector.tolist()]


if __name__ == "__main__":
    main()
