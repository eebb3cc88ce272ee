"""Face2Bone: opportunistic osteoporosis screening from a face photograph, for research."""

__version__ = "0.2.0"
