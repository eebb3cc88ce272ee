"""What the dashboard remembers, as far as no page is needed to see it."""

import gc
from collections.abc import Iterator

import pytest

from face2bone.dashboard.common import session, visitors


@pytest.fixture
def unfrozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that nobody has visited."""
    monkeypatch.setattr(visitors, "_brought", [])
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_libraries_and_model_are_left_out_of_collections(
    tiny_model: object, unfrozen: None
) -> None:
    session.assessor()
    assert gc.get_freeze_count() > 100_000
