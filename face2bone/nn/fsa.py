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
"""

import torch
from torch import Tensor, nn

from face2bone.nn.spectrum import HalfSpectrum, mode_radii

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
