"""A small pre-norm transformer encoder over the tokens of a feature map.

Sources: Vaswani et al. (NeurIPS 2017) for attention; Dosovitskiy et al., ViT (ICLR 2021, eq. 1 to
4), for map positions as tokens, learned places and normalisation before each part. The paper says
that Face2Bone joins transformer and convolutional features; sizes and placing are ours.
Attention is written in plain operations: torch's own encoder layer has a fast path that cannot be
traced.
"""

import torch
from torch import Tensor, nn

MLP_RATIO = 2


class EncoderLayer(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)): (B, T, dim) -> (B, T, dim)."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.widen, self.narrow = nn.Linear(dim, MLP_RATIO * dim), nn.Linear(MLP_RATIO * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        x = x + self.out(self._attend(self.qkv(self.norm1(x))))
        y: Tensor = x + self.narrow(nn.functional.gelu(self.widen(self.norm2(x))))
        return y

    def _attend(self, qkv: Tensor) -> Tensor:
        batch, tokens, triple = qkv.shape
        head_dim = triple // 3 // self.heads
        split = qkv.reshape(batch, tokens, 3, self.heads, head_dim).permute(2, 0, 3, 1, 4)
        q, k, v = split.unbind(0)
        attention = (q @ k.transpose(2, 3) * head_dim**-0.5).softmax(3)
        mixed: Tensor = (attention @ v).transpose(1, 2).reshape(batch, tokens, triple // 3)
        return mixed


class MapEncoder(nn.Module):
    """Encoder over a (B, C, size, size) map, averaged to one vector (B, dim).

    channels: C. dim: token length, divisible by heads. layers: number of encoder layers.
    """

    def __init__(self, channels: int, size: int, dim: int, layers: int, heads: int) -> None:
        super().__init__()
        self.embed = nn.Linear(channels, dim)
        self.place = nn.Parameter(0.02 * torch.randn(size * size, dim))
        self.layers = nn.Sequential(*(EncoderLayer(dim, heads) for _ in range(layers)))
        self.norm = nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, size, size) -> (B, dim)."""
        tokens = self.embed(x.flatten(2).transpose(1, 2)) + self.place
        vector: Tensor = self.norm(self.layers(tokens)).mean(1)
        return vector
