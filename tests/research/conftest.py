"""The block face and the small network that the explanations are tested on."""

from tests.explain.conftest import face, small_engine, table

__all__ = ["face", "small_engine", "table"]
