"""The discrete Fourier transform of a small real map, as two matrix products.

Notation: x(i, j) real, H x W; N = H W; X(u, v) = N^-1/2 sum x(i, j) exp(-2 pi i (u i/H + v j/W)).
A real x has X(-u, -v) = conj X(u, v), so one mode of each conjugate pair holds everything; the
modes kept here are those of `half_modes`. Matrix products are used instead of an FFT because they
export to any inference engine, and because a choice among all modes would tie between the two of
a pair and be settled by rounding.
"""

import math

import torch
from torch import Tensor, nn


def half_modes(height: int, width: int) -> list[tuple[int, int]]:
    """One mode (u, v) of every conjugate pair, lowest frequency first.

    Their number is (H W + s) / 2, where s counts the modes that are their own conjugate: 1 when
    both sides are odd (145 modes for 17 x 17), 2 when one is even, 4 when both are.
    """
    chosen = {
        max((u, v), ((-u) % height, (-v) % width), key=lambda m: (m[1] <= width // 2, -m[1], -m[0]))
        for u in range(height)
        for v in range(width)
    }
    return sorted(chosen, key=lambda mode: (_radius(mode, height, width), mode))


def _radius(mode: tuple[int, int], height: int, width: int) -> float:
    u, v = mode
    return math.hypot(min(u, height - u) / height, min(v, width - v) / width)


def mode_radii(height: int, width: int) -> Tensor:
    """Distance of every half mode from frequency zero, in cycles per sample: (M,), rising."""
    return torch.tensor([_radius(mode, height, width) for mode in half_modes(height, width)])


class HalfSpectrum(nn.Module):
    """Orthonormal 2-D DFT of real maps on the half modes, and its exact inverse.

    height, width: size of the map. `modes` is the number M of half modes.
    The two matrices are constants of the size and stay out of the state dict.
    """

    cosine: Tensor
    sine: Tensor
    copies: Tensor

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        modes = half_modes(height, width)
        self.modes = len(modes)
        phase = torch.tensor(
            [
                [2 * math.pi * (u * i / height + v * j / width) for u, v in modes]
                for i in range(height)
                for j in range(width)
            ],
            dtype=torch.float64,
        )
        scale = (height * width) ** -0.5
        own_conjugate = [2 * u % height == 0 and 2 * v % width == 0 for u, v in modes]
        copies = torch.where(torch.tensor(own_conjugate), 1.0, 2.0)
        self.register_buffer("cosine", (scale * phase.cos()).float(), persistent=False)
        self.register_buffer("sine", (scale * phase.sin()).float(), persistent=False)
        self.register_buffer("copies", copies, persistent=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Real (..., H W) -> real and imaginary parts, each (..., M)."""
        return x @ self.cosine, -(x @ self.sine)

    def inverse(self, real: Tensor, imaginary: Tensor) -> Tensor:
        """Parts (..., M) -> real (..., H W). The imaginary part of own-conjugate modes is void."""
        kept = (real * self.copies) @ self.cosine.T
        return kept - (imaginary * self.copies) @ self.sine.T
