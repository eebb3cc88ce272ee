"""The standard networks of the published tables: VGG, ResNet, DenseNet, EfficientNet, ViT.

Layers come from pytorchcv and monai (ViT); here they get a width, the study's input, its covariates
and the two outputs every network of the comparison has: class logits and a T-score.

- VGG (Simonyan and Zisserman 2015) with batch normalisation, because nothing is pretrained here
  and a deep VGG hardly trains without; its two dense layers of 4,096 are scaled like the rest.
- ResNet (He et al. 2016): basic blocks, from 50 layers on bottlenecks, whose 3 x 3 has the stride.
- DenseNet169 (Huang et al. 2017); a growth that is no whole number is spread over its layers.
- EfficientNetB0 (Tan and Le 2019).
- ViT (Dosovitskiy et al. 2021): patches of 16 pixels, 6 layers, 4 heads, class token.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from face2bone.nn import PictureNetwork, TrainingOutputs
from face2bone.nn.config import CROP_SIZE, NetworkConfig

VGG_LAYERS: Final = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
VGG_CHANNELS: Final = (64, 128, 256, 512, 512)
VGG_DENSE: Final = 4096
VGG_HALVINGS: Final = 5
RESNET_LAYERS: Final = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}
RESNET_CHANNELS: Final = (64, 128, 256, 512)
RESNET_BOTTLENECK: Final = 4  # a block's channels over those of its 3 x 3, from 50 layers on
# torch 2.13 on a CPU corrupts memory in the gradient of a 1 x 1 convolution with stride from fewer
# channels than this, in channels-last order (seen on AVX2 with 2 and 4 channels).
RESNET_LEAST: Final = 8
DENSENET_LAYERS: Final = (6, 12, 32, 32)  # of DenseNet169
DENSENET_GROWTH: Final = 32
# Of EfficientNetB0, a row a resolution: channels, kernel, stride and how many, for each of its
# kinds of blocks. Its first kind does not expand, all others do sixfold.
EFFICIENTNET_STAGES: Final = (
    ((16, 3, 1, 1),),
    ((24, 3, 2, 2),),
    ((40, 5, 2, 2),),
    ((80, 3, 2, 3), (112, 5, 1, 3)),
    ((192, 5, 2, 4), (320, 3, 1, 1)),
)
EFFICIENTNET_FIRST, EFFICIENTNET_LAST = 32, 1280
EFFICIENTNET_EXPANSION: Final = 6
EFFICIENTNET_LEAST: Final = 4  # its squeeze divides channels by four
VIT_PATCH: Final = 16
VIT_DIM: Final = 768
VIT_LAYERS: Final = 6
VIT_HEADS: Final = 4
VIT_MLP_RATIO: Final = 4


@dataclass(frozen=True)
class Question:
    """What every network of a comparison is given and asked.

    shape: channels, height and width of a picture. covariates: values beside it. outputs: classes.
    """

    shape: tuple[int, int, int]
    covariates: int
    outputs: int


FIRST_QUESTION: Final = Question((3, CROP_SIZE, CROP_SIZE), 0, NetworkConfig.outputs)


class StandardNetwork(PictureNetwork):
    """A body that makes one vector of a picture; with the covariates it has two linear outputs.

    body: (B, C, H, W) -> (B, features).
    """

    def __init__(self, body: nn.Module, features: int, question: Question) -> None:
        super().__init__()
        self.body, self.covariates = body, question.covariates
        self.classifier = nn.Linear(features + question.covariates, question.outputs)
        self.t_score = nn.Linear(features + question.covariates, 1)

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """(B, C, H, W) and (B, V) -> logits, T-score and the body's vector."""
        vector = self.body(x)
        joined = vector
        if beside is not None and self.covariates:
            joined = torch.cat([vector, beside], dim=1)
        return TrainingOutputs(self.classifier(joined), self.t_score(joined)[:, 0], None, vector)


def vgg(layers: int, width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """VGG16 or VGG19 (``layers``) with every channel count times ``width``."""
    from pytorchcv.models.vgg import VGG

    channels, *size = question.shape
    stages = [
        [_scaled(full, width)] * count
        for full, count in zip(VGG_CHANNELS, VGG_LAYERS[layers], strict=True)
    ]
    dense = _scaled(VGG_DENSE, width)
    places = (size[0] >> VGG_HALVINGS) * (size[1] >> VGG_HALVINGS)
    library = VGG(stages, bias=False, use_bn=True, in_channels=channels, in_size=tuple(size))
    body = nn.Sequential(
        library.features,
        nn.Flatten(),
        *_dense(stages[-1][-1] * places, dense),
        *_dense(dense, dense),
    )
    return StandardNetwork(body, dense, question)


def resnet(layers: int, width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """ResNet18, 34 or 50 (``layers``) with every channel count times ``width``."""
    from pytorchcv.models.resnet import ResNet

    bottleneck = layers >= 50
    first, *_ = inner = [max(RESNET_LEAST, _scaled(full, width)) for full in RESNET_CHANNELS]
    stages = [
        [channels * (RESNET_BOTTLENECK if bottleneck else 1)] * count
        for channels, count in zip(inner, RESNET_LAYERS[layers], strict=True)
    ]
    library = ResNet(stages, first, bottleneck, conv1_stride=False, in_channels=question.shape[0])
    return _pooled(library.features, stages[-1][-1], question)


def densenet(width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """DenseNet169 with growth and first channels times ``width``."""
    from pytorchcv.models.densenet import DenseNet

    growth = max(1.0, DENSENET_GROWTH * width)
    first = wide = max(2, round(2 * growth))
    stages: list[list[int]] = []
    for count in DENSENET_LAYERS:
        into = wide if not stages else wide // 2
        stages.append([into + round(growth * layer) for layer in range(1, count + 1)])
        wide = stages[-1][-1]
    library = DenseNet(stages, first, in_channels=question.shape[0])
    return _pooled(library.features, wide, question)


def efficientnet(width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """EfficientNetB0 with every channel count times ``width``."""
    from pytorchcv.models.efficientnet import EfficientNet

    first, last = (max(EFFICIENTNET_LEAST, _scaled(full, width)) for full in
                   (EFFICIENTNET_FIRST, EFFICIENTNET_LAST))  # fmt: skip
    each = [[row for row in stage for _ in range(row[3])] for stage in EFFICIENTNET_STAGES]
    library = EfficientNet(
        [[max(EFFICIENTNET_LEAST, _scaled(row[0], width)) for row in stage] for stage in each],
        first,
        last,
        kernel_sizes=[[row[1] for row in stage] for stage in each],
        strides_per_stage=[stage[0][2] for stage in each],
        expansion_factors=[
            [EFFICIENTNET_EXPANSION if place else 1] * len(stage)
            for place, stage in enumerate(each)
        ],
        in_channels=question.shape[0],
    )
    return _pooled(library.features, last, question)


def vit(width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """A vision transformer whose tokens are 768 times ``width`` long."""
    dim = VIT_HEADS * _scaled(VIT_DIM // VIT_HEADS, width)
    return StandardNetwork(_ClassToken(dim, question.shape), dim, question)


class _ClassToken(nn.Module):
    """monai's ViT up to the normalised class token: (B, C, H, W) -> (B, dim)."""

    def __init__(self, dim: int, shape: tuple[int, int, int]) -> None:
        super().__init__()
        from monai.networks.nets.vit import ViT

        self.vit = ViT(
            in_channels=shape[0],
            img_size=shape[1:],
            patch_size=VIT_PATCH,
            hidden_size=dim,
            mlp_dim=VIT_MLP_RATIO * dim,
            num_layers=VIT_LAYERS,
            num_heads=VIT_HEADS,
            classification=True,
            qkv_bias=True,
            spatial_dims=2,
        )
        self.vit.classification_head = nn.Sequential()
        for block in self.vit.blocks:
            # The library's blocks carry a norm for an attention they do not have here.
            block.norm_cross_attn = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        vector: Tensor = self.vit(x)[0]
        return vector


def _pooled(features: nn.Sequential, channels: int, question: Question) -> StandardNetwork:
    """The library's map averaged: its own pooling is of photos of 224 pixels."""
    features.final_pool = nn.AdaptiveAvgPool2d(1)
    return StandardNetwork(nn.Sequential(features, nn.Flatten()), channels, question)


def _dense(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(0.5)


def _scaled(channels: int, width: float) -> int:
    return max(1, round(channels * width))
