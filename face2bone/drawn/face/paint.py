"""The texture a face is painted on, before light."""

from dataclasses import dataclass

import numpy as np

from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH
from face2bone.drawn.face.numerics import Array


@dataclass
class Paint:
    """What light meets. The arrays are worked on in place.

    albedo: (3, TH, TW) linear 0..1; relief: fine height in mm; gloss: strength of the
    highlight; glow: light of its own (catchlights).
    """

    albedo: Array
    relief: Array
    gloss: Array
    glow: Array

    @classmethod
    def blank(cls) -> "Paint":
        """White, flat and dull."""
        shape = (TEXTURE_HEIGHT, TEXTURE_WIDTH)
        flat = [np.zeros(shape, np.float32) for _ in range(3)]
        return cls(np.ones((3, *shape), np.float32), *flat)

    def window(self, rows: slice, columns: slice) -> "Paint":
        """Views on a part of the texture."""
        return Paint(
            self.albedo[:, rows, columns], self.relief[rows, columns],
            self.gloss[rows, columns], self.glow[rows, columns],
        )  # fmt: skip

    def flipped(self) -> "Paint":
        """Views mirrored left to right."""
        return Paint(
            self.albedo[..., ::-1], self.relief[:, ::-1], self.gloss[:, ::-1], self.glow[:, ::-1]
        )
