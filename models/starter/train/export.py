"""Writes the weights as they are shipped: `starter.safetensors` in half precision and `config.json`.

    python export.py [FOLDER]    # default: the newest checkpoints → export/
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

import model
from places import EXPORT, RUNS
from texts import FRAMES

VERSION = 4
"""Of the weights: part of the version of every vector that is made with them. Raised when they change, so that photos are embedded again."""
LIMIT = 16_000_000
WORDINGS = FRAMES[:3]
"""In which the program asks a question of few words: those in which training knew the first name of every class."""


def towers():
    """Those of the newest checkpoints; one that was not trained is the shipped one."""
    image, text = model.read(Path(__file__).parent.parent / "starter.safetensors")
    for network, name in ((image, "image"), (text, "text")):
        path = RUNS / f"{name}.pt"
        if path.exists():
            network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["averaged"])
    return image.eval(), text.eval()


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EXPORT
    image, text = towers()
    tensors = {name: value.half().contiguous() for name, value in model.names(image, text).items()}
    bytes_ = sum(t.numel() * 2 for t in tensors.values())
    if bytes_ > LIMIT:
        sys.exit(f"the weights take {bytes_} bytes, more than {LIMIT}")
    save_file(tensors, folder / "starter.safetensors")
    config = {"format": 1, "version": VERSION, "dimensions": model.DIMENSIONS, "image": model.IMAGE, "text": model.TEXT | {"wordings": WORDINGS}}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(folder / "starter.safetensors", bytes_, "bytes")


if __name__ == "__main__":
    main()
