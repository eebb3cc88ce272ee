"""Kolmogorov-Arnold layers on cubic B-splines, with efficient-kan's parameter names.

Source: Liu et al., "KAN: Kolmogorov-Arnold Networks" (ICLR 2025), eq. 2.10 to 2.12. Parameter
names and shapes are those of efficient-kan (MIT licence), whose state dicts load and give the
same output; the code is our own.

    y_o = sum_i [ base_weight(o, i) silu(x_i)
                  + spline_scaler(o, i) sum_m spline_weight(o, i, m) B_m(x_i) ]

G grid intervals on [-1, 1] and order k give G + 2k + 1 uniform knots and G + k bases B_m. Outside
the grid the bases fade to nothing, so `Bounded` brings every input inside it. That is also why
the grid is never refitted to data: a refit is where other implementations apply the scaler twice
or divide by a width of zero.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SPLINE_START = 0.02  # standard deviation of the first spline coefficients: near silu, not equal


class Bounded(nn.Module):
    """LayerNorm, then tanh: any (B, n) -> (B, n) in [-1, 1], the grid of a KANLinear."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(features)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape, in the parameters' precision (float32, under autocast too)."""
        with torch.autocast(x.device.type, enabled=False):
            return torch.tanh(self.norm(x.to(self.norm.weight.dtype)))


class KANLinear(nn.Module):
    """One layer of learned univariate functions: (..., n_in) -> (..., n_out).

    Computed in the parameters' precision (float32, under autocast too).
    grid_size: G. spline_order: k. Parameters: n_in n_out (G + k + 2), no bias.
    """

    grid: Tensor

    def __init__(
        self, in_features: int, out_features: int, grid_size: int = 5, spline_order: int = 3
    ) -> None:
        super().__init__()
        self.spline_order = spline_order
        step = 2 / grid_size
        knots = torch.arange(-spline_order, grid_size + spline_order + 1) * step - 1
        self.register_buffer("grid", knots.expand(in_features, -1).contiguous())
        bases = grid_size + spline_order
        self.base_weight = nn.Parameter(torch.empty(out_features, in_features))
        self.spline_weight = nn.Parameter(torch.empty(out_features, in_features, bases))
        self.spline_scaler = nn.Parameter(torch.empty(out_features, in_features))
        nn.init.kaiming_uniform_(self.base_weight, a=math.sqrt(5))
        nn.init.kaiming_uniform_(self.spline_scaler, a=math.sqrt(5))
        nn.init.normal_(self.spline_weight, std=SPLINE_START)

    def forward(self, x: Tensor) -> Tensor:
        """Equation of the module docstring."""
        with torch.autocast(x.device.type, enabled=False):
            x = x.to(self.base_weight.dtype)
            coefficients = self.spline_weight * self.spline_scaler.unsqueeze(-1)
            splines = b_splines(x, self.grid, self.spline_order).flatten(-2)
            return F.linear(F.silu(x), self.base_weight) + F.linear(
                splines, coefficients.flatten(1)
            )


def b_splines(x: Tensor, grid: Tensor, order: int) -> Tensor:
    """All B-spline bases by the Cox-de Boor recursion, half-open intervals.

    x: (..., n). grid: (n, K) rising knots of every input. Returns (..., n, K - order - 1).
    """
    x = x.unsqueeze(-1)
    bases = ((x >= grid[:, :-1]) & (x < grid[:, 1:])).to(x.dtype)
    for k in range(1, order + 1):
        left = (x - grid[:, : -k - 1]) / (grid[:, k:-1] - grid[:, : -k - 1])
        right = (grid[:, k + 1 :] - x) / (grid[:, k + 1 :] - grid[:, 1:-k])
        bases = left * bases[..., :-1] + right * bases[..., 1:]
    return bases


class KAN(nn.Module):
    """KANLinear layers in a row, each hidden vector brought into the next layer's grid.

    sizes: units from input to output. Inputs (B, sizes[0]) in [-1, 1]; output (B, sizes[-1]).
    """

    def __init__(self, sizes: Sequence[int], grid_size: int, spline_order: int) -> None:
        super().__init__()
        pairs = list(pairwise(sizes))
        self.layers = nn.ModuleList(KANLinear(a, b, grid_size, spline_order) for a, b in pairs)
        self.bounds = nn.ModuleList(Bounded(size) for size in sizes[1:-1])

    def forward(self, x: Tensor) -> Tensor:
        """(B, n) -> (B, classes) logits."""
        x = self.layers[0](x)
        for bound, layer in zip(self.bounds, self.layers[1:], strict=True):
            x = layer(bound(x))
        return x
