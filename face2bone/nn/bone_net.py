"""BONE-Net: a DenseNet trunk, a transformer over its map, and attention, joined before the head.

Published are the parts, DenseNet169, a vision transformer and an attention module whose features
are concatenated before dense layers; neither sizes nor the attention's equations are
(docs/reference/network.md). What is ours:

    stem       (B, 1, 192, 192) -> 7 x 7 and 3 x 3, both with stride 2 -> dense block 1
               -> (B, C1, 48, 48), after a ReLU
    features   transition, dense block 2, transition, dense block 3, normalisation, ReLU
               -> (B, C, 12, 12), non-negative: the cut
    head       DenseNet's own rest (transition, block 4, mean), (B, C4)
               a transformer over the 144 places of the cut, (B, dim)
               attention: sum over places of softmax(w . tanh(V x)) x, (B, C)
               all of them and the covariates -> dense layer -> logits and T-score

The transformer reads the trunk's map and not the pixels (the hybrid of Dosovitskiy et al., ICLR
2021), so that one cut holds all an explanation needs. The attention is gated-free attention
pooling (Ilse et al., ICML 2018). Trunk: Huang et al., CVPR 2017; with growth 32, a bottleneck of 4
and blocks of 6, 12, 32 and 32 layers it is DenseNet169's.
"""

from dataclasses import dataclass
from typing import Final, get_args

import torch
from torch import Tensor, nn

from face2bone.nn.architecture import Architecture, require, span
from face2bone.nn.config import Arm
from face2bone.nn.controls import PooledControl, parameter_count
from face2bone.nn.network import BundleNetwork, MapGeometry, PictureNetwork, Stages, TrainingOutputs
from face2bone.nn.transformer import MapEncoder
from face2bone.words import message, template

SIDE: Final = 192  # pixels of the crop
STEM_SIDE, CUT_SIDE = 48, 12
ATTENTION: Final = 64  # hidden units of the attention
MOST: Final = {"growth": 48, "embedding": 512, "transformer_dim": 512, "transformer_layers": 12}
MOST_LAYERS: Final = 48


@dataclass(frozen=True)
class BoneNetSettings(Architecture):
    """The shape of a BONE-Net.

    growth: channels that a dense layer adds; blocks: layers of the four dense blocks; bottleneck:
    channels before a layer's 3 x 3, as a multiple of the growth. transformer, attention: "on",
    "off" (left out), or "control" (as many parameters, and none of the idea). embedding: the dense
    layer. covariates: how many values join there.

    Raises SettingsError where a value is out of range.
    """

    growth: int = 32
    blocks: tuple[int, ...] = (6, 12, 32, 32)
    bottleneck: int = 4
    transformer: Arm = "on"
    transformer_dim: int = 256
    transformer_layers: int = 2
    transformer_heads: int = 4
    attention: Arm = "on"
    embedding: int = 256
    dropout: float = 0.2
    covariates: int = 2
    outputs: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", tuple(self.blocks))  # JSON and TOML have lists
        require(len(self.blocks) == 4, "blocks", template("four numbers of layers"))
        require(
            all(1 <= n <= MOST_LAYERS for n in self.blocks),
            "blocks",
            template("1 to 48 layers each"),
        )
        for name, most in MOST.items():
            require(1 <= getattr(self, name) <= most, name, span(1, most))
        require(1 <= self.bottleneck <= 8, "bottleneck", span(1, 8))
        for name in ("transformer", "attention"):
            holds = getattr(self, name) in get_args(Arm)
            require(holds, name, message("one of {values}", values=get_args(Arm)))
        require(
            self.transformer_heads in (1, 2, 4, 8), "transformer_heads", template("1, 2, 4 or 8")
        )
        holds = self.transformer_dim % self.transformer_heads == 0
        require(holds, "transformer_dim", template("a multiple of transformer_heads"))
        require(0.0 <= self.dropout < 1.0, "dropout", template("at least 0 and below 1"))
        require(0 <= self.covariates <= 8, "covariates", span(0, 8))
        require(2 <= self.outputs <= 64, "outputs", span(2, 64))

    @property
    def in_words(self) -> str:
        """What it is, for the model's facts."""
        return message(
            "DenseNet with growth {growth} and blocks of {layers} layers, a transformer over its "
            "map ({transformer}) and attention pooling ({attention}), joined with {covariates} "
            "covariates; the published network names DenseNet169, a vision transformer and "
            "attention only, and sizes, joining and attention are ours",
            growth=self.growth,
            layers=tuple(map(str, self.blocks)),
            transformer=str(self.transformer),
            attention=str(self.attention),
            covariates=self.covariates,
        )


class DenseLayer(nn.Module):
    """Adds ``growth`` channels to what it reads."""

    def __init__(self, channels: int, growth: int, bottleneck: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(bottleneck * growth)
        self.squeeze = nn.Conv2d(channels, bottleneck * growth, 1, bias=False)
        self.look = nn.Conv2d(bottleneck * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C + growth, h, w)."""
        new = self.squeeze(self.norm1(x).relu())
        return torch.cat([x, self.look(self.norm2(new).relu())], dim=1)


class Transition(nn.Module):
    """Half of the channels at half of the resolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C / 2, h / 2, w / 2)."""
        mixed: Tensor = self.mix(self.norm(x).relu())
        return nn.functional.avg_pool2d(mixed, 2)


class AttentionPooling(nn.Module):
    """The places of a map, weighed by what they hold: (B, C, h, w) -> (B, C)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.hidden, self.weigh = nn.Linear(channels, ATTENTION), nn.Linear(ATTENTION, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C)."""
        places = x.flatten(2).transpose(1, 2)
        weights = self.weigh(self.hidden(places).tanh()).softmax(1)
        pooled: Tensor = (weights * places).sum(1)
        return pooled


class BoneNet(BundleNetwork, PictureNetwork):
    """Knee crop, age and sex to bone mass class logits."""

    config: BoneNetSettings

    def __init__(self, config: BoneNetSettings) -> None:
        super().__init__()
        self.config = config
        growth, (one, two, three, four) = config.growth, config.blocks
        self.first = nn.Conv2d(1, 2 * growth, 7, stride=2, padding=3, bias=False)
        self.first_norm = nn.BatchNorm2d(2 * growth)
        self.block1, wide = _block(2 * growth, one, config)
        self.stem_norm, self._stem_channels = nn.BatchNorm2d(wide), wide
        self.mix1 = nn.Conv2d(wide, wide // 2, 1, bias=False)
        self.block2, wide = _block(wide // 2, two, config)
        self.down2 = Transition(wide)
        self.block3, wide = _block(wide // 2, three, config)
        self.cut_norm, self._cut_channels = nn.BatchNorm2d(wide), wide
        self.mix3 = nn.Conv2d(wide, wide // 2, 1, bias=False)
        self.block4, deep = _block(wide // 2, four, config)
        self.last_norm = nn.BatchNorm2d(deep)
        self.tokens = _tokens(wide, config)
        self.attention = _attention(wide, config)
        joined = deep + (self.tokens is not None) * config.transformer_dim
        joined += (self.attention is not None) * wide + config.covariates
        self.dense = nn.Linear(joined, config.embedding)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(config.embedding, config.outputs)
        self.t_score = nn.Linear(config.embedding, 1)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Of one input: channels, height, width."""
        return 1, SIDE, SIDE

    @property
    def stages(self) -> Stages:
        """Where its stem and its cut lie over the input."""
        field = 11 + 8 * self.config.blocks[0]
        return Stages(
            stem=MapGeometry(STEM_SIDE, STEM_SIDE, 0.0, 4.0, field, non_negative=True),
            cut=MapGeometry(CUT_SIDE, CUT_SIDE, 6.0, 16.0, None, non_negative=True),
        )

    @property
    def stem_channels(self) -> int:
        """Channels of the stem."""
        return self._stem_channels

    @property
    def cut_channels(self) -> int:
        """Channels of the cut."""
        return self._cut_channels

    def stem(self, x: Tensor) -> Tensor:
        """(B, 1, 192, 192) -> (B, C1, 48, 48)."""
        x = self.first_norm(self.first(x)).relu()
        x = nn.functional.max_pool2d(x, 3, stride=2, padding=1)
        stem: Tensor = self.stem_norm(self.block1(x)).relu()
        return stem

    def features_after(self, stem: Tensor) -> Tensor:
        """(B, C1, 48, 48) -> the cut (B, C, 12, 12)."""
        x = self.block2(nn.functional.avg_pool2d(self.mix1(stem), 2))
        features: Tensor = self.cut_norm(self.block3(self.down2(x))).relu()
        return features

    def embed(self, features: Tensor, beside: Tensor | None) -> Tensor:
        """The cut (B, C, 12, 12) and covariates (B, V) -> the fused vector (B, E)."""
        rest = self.block4(nn.functional.avg_pool2d(self.mix3(features), 2))
        parts = [self.last_norm(rest).relu().mean(dim=(2, 3))]
        if self.tokens is not None:
            parts.append(self.tokens(features))
        if self.attention is not None:
            parts.append(self.attention(features))
        if beside is not None and self.config.covariates:
            parts.append(beside)
        vector: Tensor = self.dense(torch.cat(parts, dim=1)).relu()
        return vector

    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """The cut (B, C, 12, 12) and covariates (B, V) -> logits (B, K)."""
        logits: Tensor = self.classifier(self.dropout(self.embed(features, beside)))
        return logits

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """(B, 1, 192, 192) and (B, V) -> logits, T-score and embedding of one pass."""
        vector = self.embed(self.features(x), beside)
        dropped = self.dropout(vector)
        return TrainingOutputs(self.classifier(dropped), self.t_score(dropped)[:, 0], None, vector)


def _block(channels: int, layers: int, config: BoneNetSettings) -> tuple[nn.Sequential, int]:
    """A dense block and how many channels leave it."""
    growth = config.growth
    each = (
        DenseLayer(channels + growth * layer, growth, config.bottleneck) for layer in range(layers)
    )
    return nn.Sequential(*each), channels + growth * layers


def _tokens(channels: int, config: BoneNetSettings) -> MapEncoder | PooledControl | None:
    if config.transformer == "off":
        return None
    dim = config.transformer_dim
    encoder = MapEncoder(
        channels, CUT_SIDE, dim, config.transformer_layers, config.transformer_heads
    )
    if config.transformer == "on":
        return encoder
    return PooledControl(channels, dim, parameter_count(encoder))


def _attention(channels: int, config: BoneNetSettings) -> AttentionPooling | PooledControl | None:
    if config.attention == "off":
        return None
    pooling = AttentionPooling(channels)
    if config.attention == "on":
        return pooling
    return PooledControl(channels, channels, parameter_count(pooling))
