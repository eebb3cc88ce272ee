"""Frequency Sparse Attention: our reconstruction of a module known only by its name.

The Face2Bone paper names "FSA" and its purpose and publishes no equation, so what stands here is
a reconstruction, not the authors' module. Its parts, each credited:

- a transform over positions, mixing in the spectrum, and sparsity by shrinkage: AFNO (Guibas et
  al., ICLR 2022), where S(z) = max(|z| - lambda, 0) sign z; here lambda is the largest score left
  out, so that a fixed number of modes remains;
- attention that keeps the largest entries of every row: DRSformer (Chen et al., CVPR 2023, eq. 4);
- real and imaginary parts attended together as one token: after SFANet (arXiv 2302.13598).

X (B, C, H, W)
  -> LayerNorm over channels, 1x1 projection to D channels
  -> X_hat(m), one mode m of each conjugate pair
  -> score s(m) = a log(energy(m) / mean energy) + prior(m); the k best modes are kept with weight
     1 - exp(t - s(m)), t the best score left out: zero where a mode enters or leaves the selection,
     so that rounding, which may swap two modes that tie, changes nothing else
  -> tokens W [Re, Im] + place(m); attention among the kept modes, row-wise top r, same shrinkage
  -> scattered back, inverse transform, 1x1 projection to C, times a gain that starts at zero
  -> X + gain * result

The transform is that of a small real map, as two matrix products. Notation: x(i, j) real, H x W; N
= H W; X(u, v) = N^-1/2 sum x(i, j) exp(-2 pi i (u i/H + v j/W)). A real x has X(-u, -v) = conj X(u,
v), so one mode of each conjugate pair holds everything; the modes kept here are those of
`half_modes`. Matrix products are used instead of an FFT because they export to any inference
engine, and because a choice among all modes would tie between the two of a pair and be settled by
rounding.
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


EPS = 1e-6


class FrequencySparseAttention(nn.Module):
    """FSA on a (B, C, size, size) map; the identity when new. All arithmetic is float32.

    channels: C. inner: D, channels transformed. keep: k, modes kept. dim: token length, divisible
    by heads. row_keep: r, keys kept in every attention row.
    """

    offsets: Tensor

    def __init__(
        self, channels: int, size: int, inner: int, keep: int, dim: int, heads: int, row_keep: int
    ) -> None:
        super().__init__()
        self.keep, self.heads, self.row_keep = keep, heads, row_keep
        self.spectrum = HalfSpectrum(size, size)
        modes = self.spectrum.modes
        self.norm = nn.LayerNorm(channels)
        self.project_in = nn.Linear(channels, inner)
        self.energy_weight = nn.Parameter(torch.ones(()))
        # Natural maps lose energy with frequency; starting level lets training decide.
        self.prior = nn.Parameter(-mode_radii(size, size))
        self.place = nn.Parameter(0.02 * torch.randn(modes, dim))
        self.embed = nn.Linear(2 * inner, dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.unembed = nn.Linear(dim, 2 * inner)
        self.project_out = nn.Linear(inner, channels)
        self.gain = nn.Parameter(torch.zeros(channels))
        # Settles exact ties, as in a flat map, for the lower frequency on every engine.
        offsets = torch.linspace(0.0, -1e-4, modes)
        self.register_buffer("offsets", offsets, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, size, size) -> the same shape, float32."""
        with torch.autocast(x.device.type, enabled=False):
            return self._attend(x.float())

    def _attend(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        rows = x.flatten(2).transpose(1, 2)
        inner = self.project_in(self.norm(rows)).transpose(1, 2)
        real, imaginary = self.spectrum(inner)
        index, weight = self.select(real, imaginary)
        tokens = torch.cat((_take(real, index), _take(imaginary, index)), 1).transpose(1, 2)
        mixed = self.unembed(self._mix(self.embed(tokens) + self.place[index], weight))
        kept = (mixed * weight.unsqueeze(2)).transpose(1, 2)
        where = index.unsqueeze(1).expand(-1, kept.shape[1], -1)
        spread = kept.new_zeros(1).expand(batch, kept.shape[1], self.spectrum.modes)
        parts = spread.scatter(2, where, kept).chunk(2, 1)
        result = self.project_out(self.spectrum.inverse(*parts).transpose(1, 2))
        y: Tensor = rows + self.gain * result
        return y.transpose(1, 2).reshape(batch, channels, height, width)

    def select(self, real: Tensor, imaginary: Tensor) -> tuple[Tensor, Tensor]:
        """Parts (B, D, M) -> indices (B, k) of the kept modes, and weights (B, k) in [0, 1)."""
        energy = (real.square() + imaginary.square()).mean(1) + EPS
        level = torch.log(energy / energy.mean(1, keepdim=True))
        scores = self.energy_weight * level + self.prior + self.offsets
        best, index = scores.topk(self.keep + 1, dim=1)
        weight = 1 - torch.exp(best[:, -1:] - best[:, :-1])
        return index[:, :-1], weight

    def _mix(self, tokens: Tensor, weight: Tensor) -> Tensor:
        """Multi-head attention among the kept modes: (B, k, dim) -> (B, k, dim), with residual."""
        batch, count, dim = tokens.shape
        shape = (batch, count, 3, self.heads, dim // self.heads)
        q, k, v = self.qkv(tokens).reshape(shape).permute(2, 0, 3, 1, 4).unbind(0)
        attention = (q @ k.transpose(2, 3) * (dim // self.heads) ** -0.5).softmax(3)
        # A mode about to leave the selection must fade as a key too, not only as a value.
        attention = attention * weight[:, None, None, :]
        limit = attention.topk(self.row_keep + 1, dim=3).values[..., -1:]
        sparse = torch.relu(attention - limit)
        sparse = sparse / (sparse.sum(3, keepdim=True) + EPS)
        mixed: Tensor = tokens + (sparse @ v).transpose(1, 2).reshape(batch, count, dim)
        return mixed


def _take(parts: Tensor, index: Tensor) -> Tensor:
    """(B, D, M) at (B, k) -> (B, D, k)."""
    return parts.gather(2, index.unsqueeze(1).expand(-1, parts.shape[1], -1))
