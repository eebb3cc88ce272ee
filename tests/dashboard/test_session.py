"""What the dashboard remembers, as far as no page is needed to see it."""

import gc
from collections.abc import Iterator

import pytest

from face2bone.dashboard import session


@pytest.fixture
def unfrozen() -> Iterator[None]:
    session.settle.clear()
    gc.unfreeze()
    yield
    session.settle.clear()
    gc.unfreeze()


def test_libraries_and_model_are_left_out_of_collections_once(
    tiny_model: object, unfrozen: None
) -> None:
    session.assessor()
    frozen = gc.get_freeze_count()
    assert frozen > 100_000
    session.assessor.clear()
    session.assessor()
    assert gc.get_freeze_count() <= frozen
