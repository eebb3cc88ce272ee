"""Drawn knee films: round condyles, struts and cortex from numbers, for training and tests."""

from face2bone.drawn.knee.kind import KNEE
from face2bone.drawn.knee.render import cortical_indices, draw_knee, value_maps

__all__ = ["KNEE", "cortical_indices", "draw_knee", "value_maps"]
