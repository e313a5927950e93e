"""The two towers. Names of weights are those of torchvision's ResNets and of Hugging Face's CLIP."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file

import tokens

DIMENSIONS = 256
IMAGE = {
    "side": 96, "filter": "bicubic", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
    "stem": {"side": 3, "stride": 2}, "block": "basic", "widths": [32, 64, 128, 256], "blocks": [1, 2, 2, 2],
}
TEXT = {
    "merges": tokens.MERGES, "vocabulary": tokens.VOCABULARY, "context": tokens.CONTEXT,
    "width": 192, "heads": 4, "layers": 4, "activation": "quick_gelu",
}


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)) + shortcut)


class ImageTower(nn.Module):
    def __init__(self, config=IMAGE, dimensions=DIMENSIONS):
        super().__init__()
        widths, stem = config["widths"], config["stem"]
        self.conv1 = nn.Conv2d(3, widths[0], stem["side"], stem["stride"], stem["side"] // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        inputs = widths[0]
        for stage, (outputs, count) in enumerate(zip(widths, config["blocks"])):
            blocks = []
            for index in range(count):
                blocks.append(BasicBlock(inputs, outputs, 2 if stage and not index else 1))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.projection = nn.Linear(inputs, dimensions)

    def pooled(self, x):
        """`[n, 3, side, side]` → `[n, features]`: the look."""
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.mean((2, 3)).float()

    def forward(self, x):
        """Look and meaning, neither of unit length."""
        look = self.pooled(x)
        return look, F.linear(look, self.projection.weight, self.projection.bias)


class TextLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.self_attn = nn.ModuleDict({f"{name}_proj": nn.Linear(width, width) for name in ("q", "k", "v", "out")})
        self.layer_norm1 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})
        self.layer_norm2 = nn.LayerNorm(width)

    def forward(self, x):
        n, length, width = x.shape
        y = self.layer_norm1(x)
        q, k, v = (self.self_attn[f"{p}_proj"](y).view(n, length, self.heads, -1).transpose(1, 2) for p in "qkv")
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.self_attn["out_proj"](y.transpose(1, 2).reshape(n, length, width))
        y = self.mlp["fc1"](self.layer_norm2(x))
        return x + self.mlp["fc2"](y * torch.sigmoid(1.702 * y))


class TextTower(nn.Module):
    def __init__(self, config=TEXT, dimensions=DIMENSIONS):
        super().__init__()
        width = config["width"]
        self.token_embedding = nn.Embedding(config["vocabulary"], width)
        self.position_embedding = nn.Embedding(config["context"], width)
        self.layers = nn.ModuleList(TextLayer(width, config["heads"]) for _ in range(config["layers"]))
        self.final_layer_norm = nn.LayerNorm(width)
        self.text_projection = nn.Linear(width, dimensions, bias=False)

    def forward(self, ids, ends):
        """`[n, length]` ids and where each ends → `[n, dimensions]`, not of unit length."""
        x = self.token_embedding(ids) + self.position_embedding.weight[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x)
        x = x[torch.arange(len(x)), ends].float()
        return self.text_projection(self.final_layer_norm(x))


def names(image, text):
    """Both towers' weights under the names of the file."""
    tensors = {f"image.{name}": value for name, value in image.state_dict().items() if not name.endswith("num_batches_tracked")}
    for name, value in text.state_dict().items():
        if name.startswith("text_projection"):
            tensors[name] = value
        elif "embedding" in name:
            tensors[f"text_model.embeddings.{name}"] = value
        elif name.startswith("layers"):
            tensors[f"text_model.encoder.{name}"] = value
        else:
            tensors[f"text_model.{name}"] = value
    return tensors


def read(path):
    """Both towers from a file of weights as they are shipped."""
    image, text = ImageTower(), TextTower()
    stored = load_file(path)
    for tower, mine in ((image, "image."), (text, "text")):
        state = {}
        for name, value in stored.items():
            if name.startswith(mine):
                short = name.removeprefix("image.").removeprefix("text_model.").removeprefix("embeddings.").removeprefix("encoder.")
                state[short] = value.float()
        missing = [name for name in tower.load_state_dict(state, strict=False).missing_keys if not name.endswith("num_batches_tracked")]
        if missing:
            raise ValueError(f"{path}: lacks {', '.join(missing)}")
    return image.eval(), text.eval()
