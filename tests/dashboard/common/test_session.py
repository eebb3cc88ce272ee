"""What the dashboard remembers, as far as no page is needed to see it."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from face2bone.bundle import Bundle
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


def test_the_sites_own_model_is_read_anew_and_no_other(tiny_model: Bundle, tmp_path: Path) -> None:
    other = str(shutil.copytree(tiny_model.root, tmp_path / "other"))
    own, stays = session.bundle(), session.loaded_bundle(other)
    assessor, stays_too = session.assessor(), session.loaded_assessor(other)
    session.read_anew()
    assert session.loaded_bundle(other) is stays
    assert session.loaded_assessor(other) is stays_too
    assert session.bundle() is not own
    assert session.assessor() is not assessor
    assert session.assessor().bundle is session.bundle()
