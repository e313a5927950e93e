"""A starter network in the reference libraries: torchvision's residual blocks, and CLIP's text tower and tokenizer.

Nothing of it comes from the trainer in `models/starter/train`: the two know only `config.json` and the names of the tensors in common.
"""

import torch
import transformers
from open_clip.tokenizer import SimpleTokenizer
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck

BLOCKS = {"basic": BasicBlock, "bottleneck": Bottleneck}


class ImageTower(nn.Module):
    """`[n, 3, side, side]` normalised pixels to pooled features; `projection` takes them to the space of texts."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        image = config["image"]
        side, stride, widths = image["stem"]["side"], image["stem"]["stride"], image["widths"]
        self.conv1 = nn.Conv2d(3, widths[0], side, stride, side // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.stages = len(widths)
        inputs = widths[0]
        for stage, (width, count) in enumerate(zip(widths, image["blocks"], strict=True), start=1):
            blocks = []
            for index in range(count):
                blocks.append(block(BLOCKS[image["block"]], inputs, width, 2 if stage > 1 and index == 0 else 1))
                inputs = width * BLOCKS[image["block"]].expansion
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.projection = nn.Linear(inputs, config["dimensions"])

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        x = self.bn1(self.conv1(pixels)).relu()
        for stage in range(1, self.stages + 1):
            x = getattr(self, f"layer{stage}")(x)
        return x.mean((2, 3))


def block(kind: type[BasicBlock | Bottleneck], inputs: int, width: int, stride: int) -> nn.Module:
    outputs = width * kind.expansion
    shortcut = None
    if stride != 1 or inputs != outputs:
        shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
    return kind(inputs, width, stride, shortcut)


class Starter:
    """Both towers and the tokenizer, as a `config.json` describes them."""

    def __init__(self, config: dict) -> None:
        text = config["text"]
        self.config = config
        self.image = ImageTower(config).eval()
        self.text = transformers.CLIPTextModelWithProjection(
            transformers.CLIPTextConfig(
                vocab_size=text["vocabulary"], hidden_size=text["width"], intermediate_size=4 * text["width"],
                num_hidden_layers=text["layers"], num_attention_heads=text["heads"],
                max_position_embeddings=text["context"], hidden_act=text["activation"],
                projection_dim=config["dimensions"], bos_token_id=text["vocabulary"] - 2,
                eos_token_id=text["vocabulary"] - 1, pad_token_id=0,
            )
        ).eval()
        self.tokenizer = cut_tokenizer(text["merges"])

    def tensors(self) -> dict[str, torch.Tensor]:
        """Under the names of the file."""
        image = {f"image.{name}": tensor for name, tensor in self.image.state_dict().items()}
        tensors = image | self.text.state_dict()
        return {name: tensor for name, tensor in tensors.items() if not name.endswith(("num_batches_tracked", "position_ids"))}

    def load(self, tensors: dict[str, torch.Tensor]) -> None:
        """Takes all tensors of a file, no more and no less."""
        if set(tensors) != set(self.tensors()):
            raise SystemExit(f"the tensors do not fit: {sorted(set(tensors) ^ set(self.tensors()))}")
        own = {name: tensor.float() for name, tensor in tensors.items()}
        counts = {name: tensor for name, tensor in self.image.state_dict().items() if name.endswith("num_batches_tracked")}
        of_image = {name.removeprefix("image."): tensor for name, tensor in own.items() if name.startswith("image.")}
        self.image.load_state_dict(of_image | counts)
        self.text.load_state_dict({name: tensor for name, tensor in own.items() if not name.startswith("image.")}, strict=False)

    def look(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.image(pixels)

    def meaning(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.image.projection(self.image(pixels))

    def tokens(self, texts: list[str]) -> torch.Tensor:
        """`[n, context]` ids with both markers, zeros behind."""
        text = self.config["text"]
        start, end, context = text["vocabulary"] - 2, text["vocabulary"] - 1, text["context"]
        table = torch.zeros(len(texts), context, dtype=torch.long)
        for row, words in zip(table, texts):
            ids = [start, *self.tokenizer.encode(words)[: context - 2], end]
            row[: len(ids)] = torch.tensor(ids)
        return table

    def text_features(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.text(input_ids=tokens).text_embeds


def cut_tokenizer(merges: int) -> SimpleTokenizer:
    """OpenCLIP's tokenizer that knows the first `merges` merges only. Its words are not cleaned of HTML, as Kindred's are not."""
    tokenizer = SimpleTokenizer(clean="lower")
    tokenizer.bpe_ranks = {pair: rank for pair, rank in tokenizer.bpe_ranks.items() if rank < merges}
    return tokenizer
