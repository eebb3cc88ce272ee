"""The shape of one network, as plain values that travel in a bundle's card.

Everything the constructor of `Face2Bone` needs is here, and nothing about training. Sizes are
given for width 1.0, which is FaceNet's own; `NetworkConfig.channels` scales them.
"""

from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

from face2bone.nn.architecture import Architecture, require, span
from face2bone.words import message, template

Arm = Literal["on", "off", "control"]
Head = Literal["kan", "mlp", "linear"]
ARM_WORDS: Final = {
    "on": template("on"),
    "off": template("off"),
    "control": template("control"),
}

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
    "outputs": 128,
}
"""Largest sizes: all of them together make 57 million numbers, 230 MB. A network is built before
its weights are compared with it, so a card with a size beyond reason must not get that far."""


@dataclass(frozen=True)
class NetworkConfig(Architecture):
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
            require(
                getattr(self, name) in get_args(Arm),
                name,
                message("one of {values}", values=get_args(Arm)),
            )
        require(
            self.head in get_args(Head), "head", message("one of {values}", values=get_args(Head))
        )
        require(0.0 < self.width <= 1.0, "width", template("above 0 and at most 1"))
        require(0.0 <= self.dropout < 1.0, "dropout", template("at least 0 and below 1"))
        for field in fields(self):
            if field.type is int:
                least, most = (
                    0 if field.name == "kan_hidden" else 1,
                    MOST.get(field.name, GRID_SIZE**2),
                )
                holds = least <= getattr(self, field.name) <= most
                require(holds, field.name, span(least, most))
        for name in ("fsa_heads", "transformer_heads"):
            require(CHANNEL_STEP % getattr(self, name) == 0, name, template("1, 2, 4 or 8"))
        require(self.fsa_modes < (GRID_SIZE**2 + 1) // 2, "fsa_modes", template("below 145"))
        require(self.fsa_row_keep < self.fsa_modes, "fsa_row_keep", template("below fsa_modes"))

    @property
    def in_words(self) -> str:
        """What it is, for the model's facts."""
        return message(
            "InceptionResnetV1 at width {width} with frequency-sparse attention ({fsa}), spatial "
            "gate ({ssam}), transformer ({transformer}) and a {head} head; attention and gate are "
            "our reconstruction of modules known by name only",
            width=f"{self.width:g}",
            fsa=ARM_WORDS[self.fsa],
            ssam=ARM_WORDS[self.ssam],
            transformer=ARM_WORDS[self.transformer],
            head=self.head,
        )

    def channels(self, full: int) -> int:
        """A channel count at this width: `full` scaled, then rounded to a multiple of 8."""
        return max(CHANNEL_STEP, round(full * self.width / CHANNEL_STEP) * CHANNEL_STEP)
