"""The block face and the small network that the explanations are tested on, and a made-up store."""

from tests.explain.conftest import face, small_engine, table
from tests.training.conftest import make_store

__all__ = ["face", "make_store", "small_engine", "table"]
