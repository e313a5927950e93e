"""Random weights under which different inputs give clearly different outputs.

The libraries' own initialisations are made for training: biases are zero, norms are the identity and a deep network answers nearly the
same for every input, so a loader that dropped half of the tensors could still pass. Here every tensor is random, and the scales are
chosen so that signals neither die out nor blow up.
"""

import torch
from torch import nn


@torch.no_grad()
def randomise_transformer(model: nn.Module, seed: int, gain: float = 1.0) -> None:
    """Fill a CLIP model (`transformers` or `open_clip`) with random values, every parameter included.

    Matrices get a standard deviation of `gain / sqrt(fan_in)`, query and key rows more of it: with small scores attention is a plain
    mean over all patches, and then every picture looks the same to the class token.
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(tensor: torch.Tensor, std: float, mean: float = 0.0) -> None:
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * std + mean)

    for name, parameter in model.named_parameters():
        if name.endswith("logit_scale"):
            parameter.fill_(4.6052)  # ln 100, the value of the published checkpoints
        elif is_norm(name):
            normal(parameter, 0.15, mean=1.0) if name.endswith("weight") else normal(parameter, 0.15)
        elif name.endswith("bias"):
            normal(parameter, 0.1)
        elif "embedding" in name and "patch" not in name:
            # class, position and token embeddings
            normal(parameter, 0.5)
        elif parameter.ndim == 1:
            normal(parameter, 0.5)
        else:
            # a convolution's and a linear layer's fan-in is everything behind the first axis; open_clip's bare
            # projections (`proj`, `text_projection`) are stored the other way round
            bare_projection = name.endswith("proj") or name == "text_projection"
            fan_in = parameter.shape[0] if bare_projection else parameter[0].numel()
            normal(parameter, gain / fan_in**0.5)
            if parameter.ndim == 4:
                parameter.copy_(smoothed(parameter))
            if "q_proj" in name or "k_proj" in name:
                parameter.mul_(1.5)
            if "in_proj_weight" in name:
                parameter[: 2 * parameter.shape[1]].mul_(1.5)


def is_norm(name: str) -> bool:
    """Whether a parameter belongs to a LayerNorm of either library (`layer_norm1`, `post_layernorm`, `pre_layrnorm`, `ln_1` …)."""
    owner = name.rsplit(".", 2)[-2] if "." in name else ""
    return owner.startswith("ln_") or "layer_norm" in owner or "layernorm" in owner or "layrnorm" in owner


@torch.no_grad()
def randomise_resnet(model: nn.Module, seed: int, pictures: torch.Tensor) -> None:
    """Fill a torchvision or timm ResNet with random values, batch statistics included.

    The running statistics are taken from `pictures` (`[n, 3, h, w]`, normalised) and then disturbed, so that activations keep a sane
    scale through all blocks and the statistics are still different in every channel.
    """
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor: torch.Tensor, low: float, high: float) -> None:
        tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            fan_in = module.weight[0].numel()
            weight = torch.randn(module.weight.shape, generator=generator) * (2 / fan_in) ** 0.5
            module.weight.copy_(smoothed(weight) if name == "conv1" else weight)
            if module.bias is not None:
                uniform(module.bias, -0.1, 0.1)
        elif isinstance(module, nn.BatchNorm2d):
            # residual branches weaker than the trunk, as in trained networks: otherwise sixteen blocks amplify every rounding
            uniform(module.weight, *((0.1, 0.3) if name.endswith("bn3") else (0.6, 1.4)))
            # the last sum of the network is what gets pooled: shifted down, each channel fires for some pictures only
            low, high = (-0.8, 0.0) if name.startswith("layer4") and name.endswith("bn3") else (-0.4, 0.4)
            uniform(module.bias, low, high)
            module.momentum = None  # plain average over what it is shown

    model.train()
    model(pictures)
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            noise = torch.randn(module.running_mean.shape, generator=generator)
            module.running_mean.add_(noise * 0.1 * module.running_var.sqrt())
            factor = torch.rand(module.running_var.shape, generator=generator) * 0.6 + 0.8
            module.running_var.mul_(factor).add_(1e-3)


def smoothed(kernels: torch.Tensor) -> torch.Tensor:
    """Low-pass versions of `[out, in, k, k]` kernels, of the same norm.

    The first layer of a trained network answers to edges and colours. White-noise kernels answer most to a decoder's rounding, which
    the layers behind them amplify, so that no two image libraries would agree on a vector.
    """
    size = kernels.shape[-1]
    offsets = torch.arange(size) - (size - 1) / 2
    distance = (offsets[:, None] - offsets[None, :]) * 4 / size
    blur = torch.exp(-(distance**2))
    smooth = blur @ kernels @ blur.T
    return smooth * (kernels.norm() / smooth.norm())


def mean_pairwise_cosine(vectors: torch.Tensor) -> float:
    """Mean cosine over all pairs of different rows of `[n, dim]`."""
    unit = nn.functional.normalize(vectors.float(), dim=1)
    cosines = unit @ unit.T
    count = len(unit)
    return ((cosines.sum() - cosines.diagonal().sum()) / (count * (count - 1))).item()
