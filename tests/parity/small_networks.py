"""The small networks of the fixtures: classes of the reference libraries, narrow and shallow, in each published layout and in ours."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import open_clip
import open_clip.model
import timm
import torch
import torchvision
import transformers
from torch import nn

from random_weights import randomise_resnet, randomise_transformer
from starter_reference import Starter

# Distinct numbers, so that a transposed or swapped matrix cannot fit: widths 24 and 16, 20 dimensions in common.
IMAGE_WIDTH, TEXT_WIDTH, DIM, HEAD_WIDTH = 24, 16, 20, 8
LAYERS = 2
VOCABULARY, CONTEXT = 49408, 77
TOKEN_PERIOD = 61


@dataclass
class SmallNetwork:
    """A model folder and its reference."""

    folder: str
    # name of the weight file, and of the configuration with its content
    file: str
    config: tuple[str, dict] | None
    tensors: dict[str, torch.Tensor]
    # name of the preprocessing recipe
    recipe: str
    # for each purpose: normalised pixels [n, 3, side, side] to features
    image_features: dict[str, Callable[[torch.Tensor], torch.Tensor]]
    # padded token ids [n, context] to features, in the space of the pictures' meaning
    text_features: Callable[[torch.Tensor], torch.Tensor] | None = None
    # texts to padded token ids
    tokenize: Callable[[list[str]], torch.Tensor] = open_clip.tokenize
    # whether torch.save writes its format of before version 1.6
    legacy: bool = False


def clips() -> Iterator[SmallNetwork]:
    yield transformers_clip("clip-f32", 1, torch.float32, "quick_gelu", side=32, patch=8)
    yield transformers_clip("clip-gelu-f16", 2, torch.float16, "gelu", side=48, patch=16)
    yield transformers_clip("clip-bf16", 3, torch.bfloat16, "quick_gelu", side=32, patch=8)
    yield openai_bin("clip-bin", 4)
    yield open_clip_network("open-clip-f32", 5, torch.float32, "open_clip_model.safetensors", quick_gelu=False)
    yield open_clip_network("open-clip-bin-f16", 6, torch.float16, "open_clip_pytorch_model.bin", quick_gelu=True)


def resnets(calibration: torch.Tensor) -> Iterator[SmallNetwork]:
    """ResNet50s with one or two channels behind the stem instead of 64; `calibration` is what their batch norms are set to."""
    network = narrowed(torchvision.models.resnet50(weights=None, num_classes=5), 2)
    randomise_resnet(network, 16, calibration)
    yield resnet("resnet50-torchvision", "resnet50.pth", None, network)

    # torchvision's first files were written by an older torch.save and know no `num_batches_tracked`
    network = narrowed(torchvision.models.resnet50(weights=None, num_classes=5), 1)
    randomise_resnet(network, 8, calibration)
    old = resnet("resnet50-old-pth", "resnet50.pth", None, network)
    old.tensors = {name: tensor for name, tensor in old.tensors.items() if not name.endswith("num_batches_tracked")}
    old.legacy = True
    yield old

    network = narrowed(timm.create_model("resnet50", pretrained=False, num_classes=5), 2)
    randomise_resnet(network, 12, calibration)
    config = {"architecture": "resnet50", "num_classes": 5, "num_features": network.num_features}
    yield resnet("resnet50-timm", "model.safetensors", ("config.json", config), network)


def starters(calibration: torch.Tensor) -> Iterator[SmallNetwork]:
    """A starter network with the vocabulary of the real one; `calibration` is what its batch norms are set to."""
    config = {
        "format": 1,
        "version": 1,
        "dimensions": DIM,
        "image": {
            "side": 48, "filter": "bicubic", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
            "stem": {"side": 3, "stride": 2}, "block": "basic", "widths": [6, 9, 12, 22], "blocks": [1, 2, 1, 1],
        },
        "text": {
            "merges": 16000, "vocabulary": 16514, "context": 32, "width": TEXT_WIDTH, "heads": TEXT_WIDTH // HEAD_WIDTH,
            "layers": LAYERS, "activation": "quick_gelu",
        },
    }
    network = Starter(config)
    randomise_resnet(network.image, 21, calibration)
    randomise_transformer(network.text, 22)
    repeat_rows(network.text.text_model.embeddings.token_embedding.weight)
    tensors = {name: tensor.half() for name, tensor in network.tensors().items()}
    network.load(tensors)
    yield SmallNetwork(
        folder="starter-f16",
        file="starter.safetensors",
        config=("config.json", config),
        tensors=tensors,
        recipe="starter-48",
        image_features={"meaning": network.meaning, "look": network.look},
        text_features=network.text_features,
        tokenize=network.tokens,
    )


def transformers_clip(
    folder: str, seed: int, dtype: torch.dtype, activation: str, side: int, patch: int, mlp_ratio: int = 2
) -> SmallNetwork:
    shared = {"num_hidden_layers": LAYERS, "hidden_act": activation, "projection_dim": DIM}
    config = transformers.CLIPConfig(
        text_config={
            "hidden_size": TEXT_WIDTH, "intermediate_size": TEXT_WIDTH * mlp_ratio,
            "num_attention_heads": TEXT_WIDTH // HEAD_WIDTH, **shared,
        },
        vision_config={
            "hidden_size": IMAGE_WIDTH, "intermediate_size": IMAGE_WIDTH * mlp_ratio,
            "num_attention_heads": IMAGE_WIDTH // HEAD_WIDTH, "image_size": side, "patch_size": patch, **shared,
        },
        projection_dim=DIM,
        architectures=["CLIPModel"],
    )
    model = transformers.CLIPModel(config).eval()
    randomise_transformer(model, seed)
    repeat_rows(model.text_model.embeddings.token_embedding.weight)
    tensors = {name: tensor.to(dtype) for name, tensor in model.state_dict().items()}
    # the reference computes in f32 what the rounded weights say, as Kindred does
    model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    return SmallNetwork(
        folder=folder,
        file="model.safetensors",
        config=("config.json", config.to_diff_dict() | {"dtype": str(dtype).removeprefix("torch.")}),
        tensors=tensors,
        recipe=f"clip-{side}",
        image_features={"meaning": lambda pixels: model.get_image_features(pixel_values=pixels).pooler_output},
        text_features=lambda tokens: model.get_text_features(input_ids=tokens).pooler_output,
    )


def openai_bin(folder: str, seed: int) -> SmallNetwork:
    """As OpenAI's own `pytorch_model.bin`: position ids among the tensors, the end-of-text id of the time in the configuration."""
    network = transformers_clip(folder, seed, torch.float32, "quick_gelu", side=32, patch=8, mlp_ratio=3)
    positions = {
        "text_model.embeddings.position_ids": torch.arange(CONTEXT).unsqueeze(0),
        "vision_model.embeddings.position_ids": torch.arange((32 // 8) ** 2 + 1).unsqueeze(0),
    }
    network.tensors = {**positions, **network.tensors}
    network.file = "pytorch_model.bin"
    _, config = network.config
    for tower in ("text_config", "vision_config"):
        config[tower] |= {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1, "torch_dtype": None}
        config[f"{tower}_dict"] = None
    return network


def open_clip_network(folder: str, seed: int, dtype: torch.dtype, file: str, quick_gelu: bool) -> SmallNetwork:
    vision = {
        "image_size": 32, "patch_size": 8, "layers": LAYERS, "width": IMAGE_WIDTH, "head_width": HEAD_WIDTH, "mlp_ratio": 2.0,
    }
    text = {
        "context_length": CONTEXT, "vocab_size": VOCABULARY, "width": TEXT_WIDTH, "heads": TEXT_WIDTH // HEAD_WIDTH,
        "layers": LAYERS, "mlp_ratio": 2.0,
    }
    model = open_clip.model.CLIP(DIM, vision, text, quick_gelu=quick_gelu).eval()
    randomise_transformer(model, seed)
    repeat_rows(model.token_embedding.weight)
    tensors = {name: tensor.to(dtype) for name, tensor in model.state_dict().items()}
    model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    model_config = {"embed_dim": DIM, "quick_gelu": quick_gelu, "vision_cfg": vision, "text_cfg": text}
    if not quick_gelu:
        del model_config["quick_gelu"]
    return SmallNetwork(
        folder=folder,
        file=file,
        config=("open_clip_config.json", {"model_cfg": model_config}),
        tensors=tensors,
        recipe="clip-32",
        image_features={"meaning": model.encode_image},
        text_features=model.encode_text,
    )


def resnet(folder: str, file: str, config: tuple[str, dict] | None, network: nn.Module) -> SmallNetwork:
    tensors = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.fc = nn.Identity()
    return SmallNetwork(folder, file, config, tensors, recipe="resnet50-v2", image_features={"look": network.eval()})


def narrowed(network: nn.Module, width: int) -> nn.Module:
    """The same ResNet50 with `width` channels behind the stem instead of 64, and all others in proportion."""
    for parent in list(network.modules()):
        for name, module in list(parent.named_children()):
            if isinstance(module, nn.Conv2d):
                inputs = module.in_channels if module.in_channels == 3 else module.in_channels * width // 64
                narrow = nn.Conv2d(
                    inputs, module.out_channels * width // 64, module.kernel_size, module.stride, module.padding, bias=False
                )
            elif isinstance(module, nn.BatchNorm2d):
                narrow = nn.BatchNorm2d(module.num_features * width // 64)
            elif isinstance(module, nn.Linear):
                narrow = nn.Linear(module.in_features * width // 64, module.out_features)
            else:
                continue
            setattr(parent, name, narrow)
    network.num_features = 2048 * width // 64
    return network


@torch.no_grad()
def repeat_rows(table: torch.Tensor) -> None:
    """Makes a table of token embeddings repeat, see `generate.py`."""
    table.copy_(table[torch.arange(len(table)) % TOKEN_PERIOD])
