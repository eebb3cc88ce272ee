"""The shape of one network, as plain values that travel in a bundle's card.

Everything the constructor of `Face2Bone` needs is here, and nothing about training. Sizes are
given for width 1.0, which is FaceNet's own; `NetworkConfig.channels` scales them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

from face2bone.errors import SettingsError

Arm = Literal["on", "off", "control"]
Head = Literal["kan", "mlp", "linear"]

CROP_SIZE = 160  # pixels a side of the aligned crop
GRID_SIZE = 17  # the map after repeat_1, where FSA and SSAM act
CUT_SIZE = 8  # the map after repeat_2, where features() ends and head() begins
CHANNEL_STEP = 8  # one 256-bit vector of float32: narrower channels cost as much as these

MOST = {
    "embedding": 1024,
    "fsa_channels": 256,
    "fsa_dim": 512,
    "ssam_hidden": 256,
    "transformer_dim": 512,
    "transformer_layers": 12,
    "kan_hidden": 64,
    "kan_grid": 64,
    "kan_order": 8,
    "outputs": 64,
}
"""Largest sizes: all of them together make 57 million numbers, 230 MB. A network is built before
its weights are compared with it, so a card with a size beyond reason must not get that far."""


@dataclass(frozen=True)
class NetworkConfig:
    """Architecture of a Face2Bone network.

    width: factor on every channel count, in (0, 1]; 1.0 has FaceNet's sizes and state dict.
    fsa, ssam, transformer: "on", "off" (left out), or "control" (a block with the same number of
        parameters and none of the idea), so that an ablation can tell the two apart.
    head: "kan", "mlp" (as many parameters as the KAN) or "linear".
    embedding: length of the fused vector at width 1.0.
    fsa_channels, fsa_modes, fsa_dim, fsa_heads, fsa_row_keep: channels transformed, modes kept of
        145, token length, attention heads, and keys kept in each attention row.
    ssam_hidden: hidden channels of the region map.
    transformer_dim, transformer_layers, transformer_heads: encoder over the 64 map tokens.
    kan_hidden, kan_grid, kan_order: hidden units of the KAN (0: one layer, no hidden units), its
        grid intervals and spline order.
    dropout: probability before the embedding's linear layer, in [0, 1).
    outputs: what the head gives: a logit for each class.

    Raises SettingsError where a value is out of range.
    """

    width: float = 1.0
    fsa: Arm = "on"
    ssam: Arm = "on"
    transformer: Arm = "on"
    head: Head = "kan"
    embedding: int = 512
    fsa_channels: int = 64
    fsa_modes: int = 32
    fsa_dim: int = 128
    fsa_heads: int = 4
    fsa_row_keep: int = 8
    ssam_hidden: int = 64
    transformer_dim: int = 256
    transformer_layers: int = 2
    transformer_heads: int = 4
    kan_hidden: int = 0
    kan_grid: int = 5
    kan_order: int = 3
    dropout: float = 0.2
    outputs: int = 3

    def __post_init__(self) -> None:
        for name in ("fsa", "ssam", "transformer"):
            _require(getattr(self, name) in get_args(Arm), name, f"one of {get_args(Arm)}")
        _require(self.head in get_args(Head), "head", f"one of {get_args(Head)}")
        _require(0.0 < self.width <= 1.0, "width", "above 0 and at most 1")
        _require(0.0 <= self.dropout < 1.0, "dropout", "at least 0 and below 1")
        for field in fields(self):
            if field.type is int:
                least, most = (
                    0 if field.name == "kan_hidden" else 1,
                    MOST.get(field.name, GRID_SIZE**2),
                )
                holds = least <= getattr(self, field.name) <= most
                _require(holds, field.name, f"at least {least} and at most {most}")
        for name in ("fsa_heads", "transformer_heads"):
            _require(CHANNEL_STEP % getattr(self, name) == 0, name, "1, 2, 4 or 8")
        _require(self.fsa_modes < (GRID_SIZE**2 + 1) // 2, "fsa_modes", "below 145")
        _require(self.fsa_row_keep < self.fsa_modes, "fsa_row_keep", "below fsa_modes")

    def channels(self, full: int) -> int:
        """A channel count at this width: `full` scaled, then rounded to a multiple of 8."""
        return max(CHANNEL_STEP, round(full * self.width / CHANNEL_STEP) * CHANNEL_STEP)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a card or a checkpoint."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`. Raises SettingsError on a name this version does not know."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise SettingsError(
                f"The network configuration has unknown entries: {', '.join(unknown)}. "
                "Remove them, or use the version of the package that wrote them."
            )
        return cls(**values)


def _require(holds: bool, name: str, rule: str) -> None:
    if not holds:
        raise SettingsError(
            f"The network setting {name!r} has a wrong value. Make it {rule} and start again."
        )
