"""A small EfficientNetV2 for films, with age and sex joining behind the picture.

Source: Tan and Le, "EfficientNetV2: Smaller Models and Faster Training" (ICML 2021), table 4: the
order of stages, their kinds, expansions and squeeze-and-excitation are those of EfficientNetV2-S.
Widths and depths are scaled down, the last stage keeps its resolution, the last convolution ends in
ReLU instead of SiLU so that concepts can be read off it, and covariates are our addition. OsteoAI
names the architecture and gives none of these.

For an input of H x W (stride in brackets):

    stem       3x3 (2), fused blocks e1, e4 (2)           (B, c2, H/4, W/4)    sees locally
    features   fused e4 (2), MBConv e4 (2), e6, e6, 1x1   (B, E, H/16, W/16)   non-negative
    head       mean over the map; norm; with covariates -> hidden layer -> (B, K) logits
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from face2bone.nn.architecture import Architecture, require, span
from face2bone.nn.config import Arm
from face2bone.nn.controls import PointwiseControl, parameter_count
from face2bone.nn.network import BundleNetwork, MapGeometry, PictureNetwork, Stages, TrainingOutputs
from face2bone.words import message, template

STRIDE = 16
STEM_STRIDE = 4
CHANNEL_STEP = 8
_SQUEEZE = 0.25
_MOST_SIDE = 1024

# Of EfficientNetV2-S: channels, blocks, expansion, stride, fused; there the last stride is 2.
_STEM = 24
_STAGES = (
    (24, 2, 1, 1, True),
    (48, 4, 4, 2, True),
    (64, 4, 4, 2, True),
    (128, 6, 4, 2, False),
    (160, 9, 6, 1, False),
    (256, 15, 6, 1, False),
)
_LOCAL_STAGES = 2  # of the stages, those that make the stem


@dataclass(frozen=True)
class EfficientNetSettings(Architecture):
    """Sizes of one network.

    height, width, channels: of the input, height and width multiples of 16. scale: factor on every
    channel count, in (0, 1]. depth: factor on every number of blocks, in (0, 1]. embedding:
    channels of the last map. hidden: of the layer that joins picture and covariates. dropout:
    before it, in [0, 1). covariates, outputs: values beside the picture, and logits.

    Raises SettingsError where a value is out of range.
    """

    height: int = 336
    width: int = 208
    channels: int = 1
    scale: float = 0.33
    depth: float = 0.33
    embedding: int = 128
    hidden: int = 64
    dropout: float = 0.2
    covariates: int = 2
    outputs: int = 3

    def __post_init__(self) -> None:
        for name in ("height", "width"):
            side = getattr(self, name)
            holds = 2 * STRIDE <= side <= _MOST_SIDE and side % STRIDE == 0
            require(
                holds,
                name,
                message("a multiple of {step}, at most {most}", step=STRIDE, most=_MOST_SIDE),
            )
        for name in ("scale", "depth"):
            require(0.0 < getattr(self, name) <= 1.0, name, template("above 0 and at most 1"))
        require(0.0 <= self.dropout < 1.0, "dropout", template("at least 0 and below 1"))
        most = {"channels": 4, "embedding": 1280, "hidden": 1024, "outputs": 64}
        for name, limit in most.items():
            holds = 1 <= getattr(self, name) <= limit
            require(holds, name, span(1, limit))
        require(0 <= self.covariates <= 64, "covariates", span(0, 64))

    @property
    def in_words(self) -> str:
        """What it is, for the model's facts."""
        beside = f" with {self.covariates} values beside the picture" if self.covariates else ""
        return (
            f"EfficientNetV2-S scaled to {self.scale:g} of its width and {self.depth:g} of its "
            f"depth{beside}; the scaling and the late fusion are ours"
        )

    def scaled(self, full: int) -> int:
        """A channel count at this scale, a multiple of 8."""
        return max(CHANNEL_STEP, round(full * self.scale / CHANNEL_STEP) * CHANNEL_STEP)

    def blocks(self, full: int) -> int:
        """A number of blocks at this depth, at least one."""
        return max(1, round(full * self.depth))


def convolution(
    channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True
) -> nn.Sequential:
    """Convolution without bias, batch normalisation and, unless told, SiLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out),
    ]
    return nn.Sequential(*layers, nn.SiLU()) if act else nn.Sequential(*layers)


class SqueezeExcitation(nn.Module):
    """Channels weighed by what the whole map holds of them (Hu, Shen and Sun 2018)."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        pooled = x.mean(dim=(2, 3), keepdim=True)
        weights = self.excite(nn.functional.silu(self.squeeze(pooled)))
        return x * torch.sigmoid(weights)


class Block(nn.Module):
    """MBConv or, fused, its variant with one full convolution; a residual where shapes allow."""

    def __init__(
        self,
        channels: int,
        out: int,
        expansion: int,
        stride: int,
        fused: bool,
        excitation: Arm = "on",
    ) -> None:
        super().__init__()
        wide = channels * expansion
        self.residual = stride == 1 and channels == out
        if fused and expansion == 1:
            layers = [convolution(channels, out, 3, stride)]
        elif fused:
            layers = [convolution(channels, wide, 3, stride), convolution(wide, out, 1, act=False)]
        else:
            squeezed = max(1, round(channels * _SQUEEZE))
            layers = [
                convolution(channels, wide, 1),
                nn.Sequential(
                    convolution(wide, wide, 3, stride, groups=wide),
                    *_excitation(wide, squeezed, excitation),
                ),
                convolution(wide, out, 1, act=False),
            ]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C', h / stride, w / stride)."""
        y: Tensor = self.layers(x)
        return x + y if self.residual else y


class EfficientNetV2(BundleNetwork, PictureNetwork):
    """A film and a patient's covariates to class logits; see the module.

    excitation: "on", or an arm of the ablation, which no bundle has: "off" (no
    squeeze-and-excitation) or "control" (as many parameters, at every place alone).
    """

    config: EfficientNetSettings

    def __init__(self, config: EfficientNetSettings, excitation: Arm = "on") -> None:
        super().__init__()
        self.config = config
        first = config.scaled(_STEM)
        self.entry = convolution(config.channels, first, 3, stride=2)
        stages, channels = [], first
        for full, blocks, expansion, stride, fused in _STAGES:
            out, count = config.scaled(full), config.blocks(blocks)
            stages.append(_stage(channels, out, count, expansion, stride, fused, excitation))
            channels = out
        self.local = nn.Sequential(*stages[:_LOCAL_STAGES])
        self.deep = nn.Sequential(*stages[_LOCAL_STAGES:])
        self.last = convolution(channels, config.embedding, 1, act=False)
        self.norm = nn.LayerNorm(config.embedding)
        self.drop = nn.Dropout(config.dropout)
        self.join = nn.Linear(config.embedding + config.covariates, config.hidden)
        self.classifier = nn.Linear(config.hidden, config.outputs)
        self.t_score = nn.Linear(config.embedding, 1)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Of one input: channels, height, width."""
        return self.config.channels, self.config.height, self.config.width

    @property
    def stages(self) -> Stages:
        """Where its stem and its cut lie over the input."""
        config = self.config
        local = self._field(config)
        stem = _geometry(config, STEM_STRIDE, local, non_negative=False)
        return Stages(stem=stem, cut=_geometry(config, STRIDE, None, non_negative=True))

    @property
    def stem_channels(self) -> int:
        """Channels of the stem."""
        return self.config.scaled(_STAGES[_LOCAL_STAGES - 1][0])

    @property
    def cut_channels(self) -> int:
        """Channels of the cut."""
        return self.config.embedding

    def stem(self, x: Tensor) -> Tensor:
        """Input (B, C, H, W) -> (B, c2, H/4, W/4)."""
        local: Tensor = self.local(self.entry(x))
        return local

    def features_after(self, stem: Tensor) -> Tensor:
        """The stem -> the cut (B, E, H/16, W/16), non-negative."""
        return torch.relu(self.last(self.deep(stem)))

    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """The cut and covariates (B, V) -> logits (B, K)."""
        return self._classified(self._pooled(features), beside)

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """Logits, T-score and embedding; the T-score is asked of the picture alone."""
        pooled = self._pooled(self.features(x))
        t_score = self.t_score(pooled)[:, 0]
        return TrainingOutputs(self._classified(pooled, beside), t_score, None, pooled)

    def _pooled(self, features: Tensor) -> Tensor:
        pooled: Tensor = self.norm(features.mean(dim=(2, 3)))
        return pooled

    def _classified(self, pooled: Tensor, beside: Tensor | None) -> Tensor:
        joined = self.drop(pooled)
        if beside is not None and self.config.covariates:
            joined = torch.cat([joined, beside], dim=1)
        logits: Tensor = self.classifier(nn.functional.silu(self.join(joined)))
        return logits

    @staticmethod
    def _field(config: EfficientNetSettings) -> int:
        """Pixels a side that one position of the stem sees."""
        field, step = 3, 2
        for _, blocks, _, stride, _ in _STAGES[:_LOCAL_STAGES]:
            for block in range(config.blocks(blocks)):
                field += 2 * step
                step *= stride if block == 0 else 1
        return field


def _stage(
    channels: int,
    out: int,
    count: int,
    expansion: int,
    stride: int,
    fused: bool,
    excitation: Arm,
) -> nn.Sequential:
    """The first block changes channels and resolution, the others keep them."""
    first = Block(channels, out, expansion, stride, fused, excitation)
    rest = [Block(out, out, expansion, 1, fused, excitation) for _ in range(count - 1)]
    return nn.Sequential(first, *rest)


def _excitation(channels: int, squeezed: int, arm: Arm) -> tuple[nn.Module, ...]:
    if arm == "off":
        return ()
    block = SqueezeExcitation(channels, squeezed)
    if arm == "on":
        return (block,)
    return (PointwiseControl(channels, parameter_count(block)),)


def _geometry(
    config: EfficientNetSettings, step: int, field: int | None, *, non_negative: bool
) -> MapGeometry:
    """Kernels of 1 and 3 with their padding: position i is centred on pixel ``step`` i."""
    return MapGeometry(
        config.height // step, config.width // step, 0.0, float(step), field, non_negative
    )
