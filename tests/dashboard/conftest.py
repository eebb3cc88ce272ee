"""The records database of a page under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from face2bone.dashboard.save_step import shared_records
from face2bone.records import Records


@pytest.fixture
def records(fresh_settings: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Records]:
    """The database that the pages of this test use."""
    fresh_settings.setenv("FACE2BONE_RECORDS", f"sqlite:///{tmp_path / 'records.sqlite'}")
    shared_records.clear()
    opened = shared_records()
    yield opened
    opened.close()
    shared_records.clear()
