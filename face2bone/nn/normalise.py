"""From pixels to what a network reads."""

from torch import Tensor

from face2bone.modalities.input_spec import InputSpec


def normalise(pixels: Tensor, spec: InputSpec) -> Tensor:
    """Pixels (B, H, W, C), 0 to 255, any number type, scaled as ``spec`` says.

    Returns float32 (B, C, H, W) in channels-last memory order.
    """
    return ((pixels.float() - spec.mean) / spec.scale).permute(0, 3, 1, 2)
