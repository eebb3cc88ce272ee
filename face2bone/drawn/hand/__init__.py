"""Drawn hand films: tubes of bone with known cortical indices, for training and tests."""

from face2bone.drawn.hand.kind import HAND
from face2bone.drawn.hand.render import draw_hand, metacarpal_indices, value_maps

__all__ = ["HAND", "draw_hand", "metacarpal_indices", "value_maps"]
