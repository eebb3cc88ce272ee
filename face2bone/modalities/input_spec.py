"""What a network reads, as one value that travels with its weights in the bundle's card."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InputSpec:
    """A picture of ``height`` x ``width`` pixels, 0 to 255, that becomes (pixel - mean) / scale.

    channels: 3 for RGB, 1 for grey. mask_value: what stands outside the subject's mask.
    """

    height: int
    width: int
    channels: int
    mean: float
    scale: float
    mask_value: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one network input: channels, height, width."""
        return self.channels, self.height, self.width

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """Of one prepared picture: height, width, channels."""
        return self.height, self.width, self.channels

    def takes(self, other: "InputSpec") -> bool:
        """Whether a picture prepared as ``other`` may be read: scaling is the network's own."""
        return (*self.shape, self.mask_value) == (*other.shape, other.mask_value)
