"""What the reference libraries make of the starter model that is compiled into the program.

    python tests/parity/starter.py

rewrites `tests/parity/fixtures/starter.json` for the weights in `models/starter`: run it whenever they change. With `--pictures FOLDER
--out FILE` it answers for other pictures; `cargo xtask parity` does that.

The file is `{"sha256", "networks": [{"model", "purpose", "dim", "noise_cosine", "images": [{"file", "vector"}], "texts": [{"text", "tokens",
"vector"}]}]}`: one entry for each purpose. `sha256` is that of the weights. Vectors have unit length; `noise_cosine` is the lowest cosine
that noise of one grey level in the prepared pixels leaves.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import load
from torchvision.transforms import v2

from drawn_pictures import open_upright
from full_size import TEXTS, distinct, one_grey_level, rounded, unit
from starter_reference import Starter

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
FILTERS = {"bicubic": v2.InterpolationMode.BICUBIC, "bilinear": v2.InterpolationMode.BILINEAR}

# a few are enough for the tests, which have to stay small
FEW_PICTURES = ["grey.png", "side-232.png", "tall.png", "wide.png"]
FEW_TEXTS = [TEXTS[1], TEXTS[3], TEXTS[4], TEXTS[7], TEXTS[9]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="answer for all pictures of this folder (default: some of the fixtures)")
    parser.add_argument("--out", type=Path, default=FIXTURES / "starter.json", help="where to write (default: %(default)s)")
    arguments = parser.parse_args()

    weights = (ROOT / "models/starter/starter.safetensors").read_bytes()
    network = Starter(json.loads((ROOT / "models/starter/config.json").read_text(encoding="utf-8")))
    network.load(load(weights))
    if arguments.pictures:
        files, texts = sorted(arguments.pictures.iterdir()), TEXTS
    else:
        files, texts = [FIXTURES / "pictures" / name for name in FEW_PICTURES], FEW_TEXTS
    with torch.no_grad():
        networks = [answers(network, purpose, files, texts) for purpose in ("meaning", "look")]
    golden = {"sha256": hashlib.sha256(weights).hexdigest(), "networks": networks}
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('{"', '\n{"')
    arguments.out.write_text(text.lstrip() + "\n", encoding="utf-8")


def answers(network: Starter, purpose: str, files: list[Path], texts: list[str]) -> dict:
    image = network.config["image"]
    prepare = v2.Compose([
        v2.Resize(image["side"], FILTERS[image["filter"]]),
        v2.CenterCrop(image["side"]),
        v2.PILToTensor(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(image["mean"], image["std"]),
    ])
    pixels = torch.stack([prepare(open_upright(file)) for file in files])
    features = getattr(network, purpose)
    vectors = unit(features(pixels))
    distinct(f"pictures by {purpose}", vectors)
    noisy = unit(features(pixels + one_grey_level(pixels, image["std"])))
    tokens = network.tokens(texts)
    text_vectors = unit(network.text_features(tokens))
    distinct("texts", text_vectors)
    said = [
        {"text": text, "tokens": ids[: ids.argmax() + 1].tolist(), "vector": rounded(vector)}
        for text, ids, vector in zip(texts, tokens, text_vectors)
    ]
    return {
        "model": "starter",
        "purpose": purpose,
        "dim": vectors.shape[1],
        "noise_cosine": round((vectors * noisy).sum(1).min().item(), 7),
        "images": [{"file": f"pictures/{file.name}", "vector": rounded(vector)} for file, vector in zip(files, vectors)],
        "texts": said if purpose == "meaning" else [],
    }


if __name__ == "__main__":
    main()
