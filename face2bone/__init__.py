"""Face2Bone: opportunistic osteoporosis screening from a face photograph, for research."""

__version__ = "0.1.0"
