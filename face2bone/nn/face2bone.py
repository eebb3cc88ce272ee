"""The whole network: crop in, a logit for each class out, with a cut where explanations look in.

The paper (Face2Bone, 2025) publishes the parts and their order: FaceNet with FSA and SSAM, a
transformer beside the convolutions, a KAN that classifies. It gives no sizes or places; those are
ours and stand in docs/reference/network.md. Widths at 1.0:

    features   (B, 3, 160, 160) -> to_stem -> to_grid -> FSA -> SSAM on (B, 256, 17, 17)
               -> to_cut -> (B, 896, 8, 8), non-negative
    head       to_vector -> (B, 512); encoder over 64 tokens -> (B, 256) -> linear, times a gain
               that starts at zero; their sum is the embedding (B, 512)
               -> LayerNorm, tanh -> KAN -> (B, K) logits; linear -> T-score
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from face2bone.nn.config import CROP_SIZE, CUT_SIZE, GRID_SIZE, NetworkConfig
from face2bone.nn.controls import MLP, PointwiseControl, PooledControl, parameter_count
from face2bone.nn.fsa import FrequencySparseAttention
from face2bone.nn.inception_resnet_v1 import (
    STAGES,
    InceptionResnetV1,
    load_facenet_weights,
    mixed_6a_channels,
)
from face2bone.nn.kan import KAN, Bounded
from face2bone.nn.network import BundleNetwork, PictureNetwork, Stages, TrainingOutputs
from face2bone.nn.ssam import SpatialSupervisedAttention
from face2bone.nn.transformer import MapEncoder


class TokenBranch(nn.Module):
    """The transformer's share of the embedding: gain * linear(encoder(map)); zero when new.

    encoder: (B, C, 8, 8) -> (B, dim).
    """

    def __init__(self, encoder: MapEncoder | PooledControl, dim: int, embedding: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.join = nn.Linear(dim, embedding)
        self.gain = nn.Parameter(torch.zeros(embedding))

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, 8, 8) -> (B, E)."""
        share: Tensor = self.gain * self.join(self.encoder(features))
        return share


class Face2Bone(BundleNetwork, PictureNetwork):
    """Face crop to bone mass class logits; `features` and `head` are two separate calls.

    Two networks made from the same seed that differ only in fsa, ssam or transformer start with
    the same trunk and classifier and give the same outputs until trained.
    """

    config: NetworkConfig

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        embedding = config.channels(config.embedding)
        self.backbone = InceptionResnetV1(config.channels, embedding, config.dropout)
        self.t_score = nn.Linear(embedding, 1)
        self.bound = Bounded(embedding)
        self.classifier = _classifier(config, embedding)
        self.fsa = _fsa(config)
        self.ssam = _ssam(config)
        self.tokens = _tokens(config, embedding)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Of one input: channels, height, width."""
        return 3, CROP_SIZE, CROP_SIZE

    @property
    def stages(self) -> Stages:
        """Where its stem and its cut lie over the input."""
        return STAGES

    @property
    def stem_channels(self) -> int:
        """Channels of the stem."""
        return self.config.channels(256)

    @property
    def cut_channels(self) -> int:
        """Channels of the cut."""
        return mixed_6a_channels(self.config.channels)

    def features(self, x: Tensor) -> Tensor:
        """(B, 3, 160, 160) -> the cut (B, C, 8, 8), non-negative."""
        return self._features(x)[0]

    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """The cut (B, C, 8, 8) -> logits (B, K); nothing is read beside the photo."""
        logits: Tensor = self.classifier(self.bound(self.embed(features)))
        return logits

    def stem(self, x: Tensor) -> Tensor:
        """(B, 3, 160, 160) -> (B, 256, 17, 17), the part that sees locally."""
        return self.backbone.to_stem(x)

    def features_after(self, stem: Tensor) -> Tensor:
        """(B, 256, 17, 17) -> the cut (B, C, 8, 8)."""
        return self._from_stem(stem)[0]

    def embed(self, features: Tensor) -> Tensor:
        """The cut (B, C, 8, 8) -> the fused vector (B, E)."""
        vector = self.backbone.to_vector(features)
        return vector if self.tokens is None else vector + self.tokens(features)

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """(B, 3, 160, 160) -> logits, T-score, region logits and embedding of one pass."""
        features, region_logits = self._features(x)
        embedding = self.embed(features)
        bounded = self.bound(embedding)
        t_score = self.t_score(bounded).squeeze(1)
        return TrainingOutputs(self.classifier(bounded), t_score, region_logits, embedding)

    def load_trunk(self, path: Path, sha256: str) -> None:
        """Load FaceNet's published weights; raises as ``load_facenet_weights``."""
        load_facenet_weights(self.backbone, path, sha256)

    def _features(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        return self._from_stem(self.stem(x))

    def _from_stem(self, stem: Tensor) -> tuple[Tensor, Tensor | None]:
        grid = self.backbone.to_grid(stem)
        region_logits: Tensor | None = None
        if self.fsa is not None:
            grid = self.fsa(grid)
        if isinstance(self.ssam, SpatialSupervisedAttention):
            grid, region_logits = self.ssam(grid)
        elif self.ssam is not None:
            grid = self.ssam(grid)
        return self.backbone.to_cut(grid), region_logits


def _fsa(config: NetworkConfig) -> FrequencySparseAttention | PointwiseControl | None:
    if config.fsa == "off":
        return None
    channels = config.channels(256)
    block = FrequencySparseAttention(
        channels,
        GRID_SIZE,
        inner=config.channels(config.fsa_channels),
        keep=config.fsa_modes,
        dim=config.channels(config.fsa_dim),
        heads=config.fsa_heads,
        row_keep=config.fsa_row_keep,
    )
    return block if config.fsa == "on" else PointwiseControl(channels, parameter_count(block))


def _ssam(config: NetworkConfig) -> SpatialSupervisedAttention | PointwiseControl | None:
    if config.ssam == "off":
        return None
    channels = config.channels(256)
    block = SpatialSupervisedAttention(channels, config.channels(config.ssam_hidden))
    return block if config.ssam == "on" else PointwiseControl(channels, parameter_count(block))


def _tokens(config: NetworkConfig, embedding: int) -> TokenBranch | None:
    if config.transformer == "off":
        return None
    channels, dim = mixed_6a_channels(config.channels), config.channels(config.transformer_dim)
    encoder = MapEncoder(
        channels, CUT_SIZE, dim, config.transformer_layers, config.transformer_heads
    )
    if config.transformer == "on":
        return TokenBranch(encoder, dim, embedding)
    control = PooledControl(channels, dim, parameter_count(encoder))
    return TokenBranch(control, dim, embedding)


def _classifier(config: NetworkConfig, embedding: int) -> nn.Module:
    if config.head == "linear":
        return nn.Linear(embedding, config.outputs)
    hidden = (config.kan_hidden,) if config.kan_hidden else ()
    kan = KAN((embedding, *hidden, config.outputs), config.kan_grid, config.kan_order)
    return kan if config.head == "kan" else MLP(embedding, config.outputs, parameter_count(kan))
