"""Blocks that have as many parameters as an idea under test, and nothing of the idea.

An ablation that only leaves a block out cannot tell the idea from the extra parameters. Each
control here works on every map position alone, sees no frequency, region or neighbour, and takes
the number of parameters to match; it hits that number within half of one hidden unit's share.
"""

import torch
from torch import Tensor, nn


def parameter_count(module: nn.Module) -> int:
    """Number of trained values in a module."""
    return sum(parameter.numel() for parameter in module.parameters())


def _hidden(target: int, fixed: int, each: int) -> int:
    return max(1, round((target - fixed) / each))


class PointwiseControl(nn.Module):
    """Control of FSA and SSAM: x + gain * W2 relu(W1 x) at every position; identity when new.

    channels: C of the (B, C, H, W) map. parameters: number to match.
    """

    def __init__(self, channels: int, parameters: int) -> None:
        super().__init__()
        hidden = _hidden(parameters, fixed=2 * channels, each=2 * channels + 1)
        self.widen = nn.Conv2d(channels, hidden, 1)
        self.narrow = nn.Conv2d(hidden, channels, 1)
        self.gain = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        y: Tensor = x + self.gain * self.narrow(torch.relu(self.widen(x)))
        return y


class PooledControl(nn.Module):
    """Control of the map encoder: the same small network at every position, then the mean.

    channels: C of the map. dim: length of the vector. parameters: number to match.
    """

    def __init__(self, channels: int, dim: int, parameters: int) -> None:
        super().__init__()
        hidden = _hidden(parameters, fixed=3 * dim, each=channels + dim + 1)
        self.widen = nn.Linear(channels, hidden)
        self.narrow = nn.Linear(hidden, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, dim)."""
        tokens = x.flatten(2).transpose(1, 2)
        vector: Tensor = self.norm(self.narrow(torch.relu(self.widen(tokens)))).mean(1)
        return vector


class MLP(nn.Module):
    """Control of the KAN: two linear layers with SiLU between.

    features: length of the input. classes: of the output. parameters: number to match.
    """

    def __init__(self, features: int, classes: int, parameters: int) -> None:
        super().__init__()
        hidden = _hidden(parameters, fixed=classes, each=features + 1 + classes)
        self.widen = nn.Linear(features, hidden)
        self.narrow = nn.Linear(hidden, classes)

    def forward(self, x: Tensor) -> Tensor:
        """(B, features) -> (B, classes) logits."""
        logits: Tensor = self.narrow(nn.functional.silu(self.widen(x)))
        return logits
