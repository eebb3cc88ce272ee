"""The standard networks of the published table: VGG, ResNet and a vision transformer.

Layers come from pytorchcv (VGG, ResNet) and monai (ViT); here they get a width, the crop's 160
pixels and the two outputs every network of the comparison has: class logits and a T-score.

- VGG (Simonyan and Zisserman 2015) with batch normalisation, because nothing is pretrained here
  and a deep VGG hardly trains without; its two dense layers of 4,096 are scaled like the rest.
- ResNet (He et al. 2016) with basic blocks.
- ViT (Dosovitskiy et al. 2021): patches of 16 pixels, 6 layers, 4 heads, class token.
"""

from typing import Final

from torch import Tensor, nn

from face2bone.nn import PictureNetwork, TrainingOutputs
from face2bone.nn.config import CROP_SIZE, NetworkConfig

VGG_LAYERS: Final = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
VGG_CHANNELS: Final = (64, 128, 256, 512, 512)
VGG_DENSE: Final = 4096
VGG_MAP: Final = CROP_SIZE // 2**5  # pixels a side after five poolings
RESNET_LAYERS: Final = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
RESNET_CHANNELS: Final = (64, 128, 256, 512)
# torch 2.13 on a CPU corrupts memory in the gradient of a 1 x 1 convolution with stride from fewer
# channels than this, in channels-last order (seen on AVX2 with 2 and 4 channels).
RESNET_LEAST: Final = 8
VIT_PATCH: Final = 16
VIT_DIM: Final = 768
VIT_LAYERS: Final = 6
VIT_HEADS: Final = 4
VIT_MLP_RATIO: Final = 4


class StandardNetwork(PictureNetwork):
    """A body that makes one vector of a crop, and two linear outputs.

    body: (B, 3, 160, 160) -> (B, features).
    """

    def __init__(self, body: nn.Module, features: int, outputs: int) -> None:
        super().__init__()
        self.body = body
        self.classifier = nn.Linear(features, outputs)
        self.t_score = nn.Linear(features, 1)

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """(B, 3, 160, 160) -> logits, T-score and the body's vector."""
        vector = self.body(x)
        return TrainingOutputs(self.classifier(vector), self.t_score(vector)[:, 0], None, vector)


def vgg(layers: int, width: float, outputs: int = NetworkConfig.outputs) -> StandardNetwork:
    """VGG16 or VGG19 (``layers``) with every channel count times ``width``."""
    from pytorchcv.models.vgg import VGG

    stages = [
        [_scaled(channels, width)] * count
        for channels, count in zip(VGG_CHANNELS, VGG_LAYERS[layers], strict=True)
    ]
    dense = _scaled(VGG_DENSE, width)
    body = nn.Sequential(
        VGG(stages, bias=False, use_bn=True, in_size=(CROP_SIZE, CROP_SIZE)).features,
        nn.Flatten(),
        *_dense(stages[-1][-1] * VGG_MAP**2, dense),
        *_dense(dense, dense),
    )
    return StandardNetwork(body, dense, outputs)


def resnet(layers: int, width: float, outputs: int = NetworkConfig.outputs) -> StandardNetwork:
    """ResNet18 or ResNet34 (``layers``) with every channel count times ``width``."""
    from pytorchcv.models.resnet import ResNet

    stages = [
        [max(RESNET_LEAST, _scaled(channels, width))] * count
        for channels, count in zip(RESNET_CHANNELS, RESNET_LAYERS[layers], strict=True)
    ]
    features = ResNet(stages, stages[0][0], bottleneck=False, conv1_stride=False).features
    # The library pools 7 x 7, for photos of 224 pixels; a crop of 160 leaves 5 x 5.
    features.final_pool = nn.AdaptiveAvgPool2d(1)
    return StandardNetwork(nn.Sequential(features, nn.Flatten()), stages[-1][-1], outputs)


def vit(width: float, outputs: int = NetworkConfig.outputs) -> StandardNetwork:
    """A vision transformer whose tokens are 768 times ``width`` long."""
    dim = VIT_HEADS * _scaled(VIT_DIM // VIT_HEADS, width)
    return StandardNetwork(_ClassToken(dim), dim, outputs)


class _ClassToken(nn.Module):
    """monai's ViT up to the normalised class token: (B, 3, 160, 160) -> (B, dim)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        from monai.networks.nets.vit import ViT

        self.vit = ViT(
            in_channels=3,
            img_size=CROP_SIZE,
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


def _dense(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(0.5)


def _scaled(channels: int, width: float) -> int:
    return max(1, round(channels * width))
