"""One file has one name, whatever the cell spelt; what breaks a rule is never looked up."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.cohort.photo_paths import (
    file_identity,
    is_file_inside,
    obeys_rules,
    spelt_as_on_disk,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Bu\u0308ro").mkdir()  # as a Mac writes it
    (tmp_path / "Bu\u0308ro" / "\u00e9.jpg").write_bytes(b"a face")
    return tmp_path


@pytest.mark.parametrize(
    "cell",
    ["B\u00fcro/\u00e9.jpg", "Bu\u0308ro/e\u0301.jpg", "./B\u00fcro//./e\u0301.jpg"],
)
def test_each_part_is_spelt_as_its_folder_spells_it(cell: str, folder: Path) -> None:
    spelt = spelt_as_on_disk(folder, cell)
    assert spelt == "Bu\u0308ro/\u00e9.jpg"
    assert is_file_inside(folder, spelt)


def test_a_file_that_is_not_there_keeps_its_spelling(folder: Path) -> None:
    assert spelt_as_on_disk(folder, "photos/./none.jpg") == "photos/none.jpg"
    assert file_identity(folder, "photos/none.jpg") == "photos/none.jpg"


@pytest.mark.parametrize("cell", ["", "/etc/passwd", "../a.jpg", "a\\b.jpg", "C:/a.jpg", "a.gif"])
def test_what_breaks_a_rule_stays_as_it_is(cell: str, folder: Path) -> None:
    assert not obeys_rules(cell)
    assert spelt_as_on_disk(folder, cell) == file_identity(folder, cell) == cell


def test_a_name_too_long_for_the_disk_is_no_crash(folder: Path) -> None:
    """It keeps the limit of 240 bytes as it is written, and breaks 255 when taken apart."""
    cell = "\u00e9" * 110 + ".jpg"
    assert obeys_rules(cell)
    assert spelt_as_on_disk(folder, cell) == cell


def test_a_link_is_the_file_it_leads_to(folder: Path) -> None:
    (folder / "link.jpg").symlink_to(folder / "Bu\u0308ro" / "\u00e9.jpg")
    (folder / "copy.jpg").write_bytes(b"a face")
    own = file_identity(folder, "Bu\u0308ro/\u00e9.jpg")
    assert file_identity(folder, "link.jpg") == own
    assert file_identity(folder, "copy.jpg") != own


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_any_cell_has_one_spelling(folder: Path, cell: str) -> None:
    once = spelt_as_on_disk(folder, cell)
    assert spelt_as_on_disk(folder, once) == once
