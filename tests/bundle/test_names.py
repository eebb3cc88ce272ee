"""What a concept may be called, and what is read from the file of given names."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.bundle.names import (
    LONGEST,
    NAMES,
    GivenName,
    combined,
    read_names,
    tidy_name,
    write_names,
)
from face2bone.errors import BundleCorrupt, ConceptNameRefused

HASH = "a" * 64
AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
MADE = ("Concept 1: forehead", "Concept 2: outline")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Deep fold", "Deep fold"),
        ("  Deep \n\t fold ", "Deep fold"),
        ("Crow's feet (outer corner), 2/3", "Crow's feet (outer corner), 2/3"),
        ("鼻唇沟（双侧）", "鼻唇沟（双侧）"),
        ("Ha\u0308ngebacke", "Hängebacke"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_a_name_is_kept_tidy(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("---", "empty"),
        ("x" * (LONGEST + 1), "61 characters"),
        ("<b>fold</b>", "cannot have"),
        ("![fold](//a.example/x)", "cannot have"),
        ("$fold$", "cannot have"),
        ("#panic(fold)", "cannot have"),
        ("fold\x00", "cannot have"),
        ("fold\u202e", "cannot have"),
    ],
)
def test_a_name_that_cannot_be_is_refused(typed: str, why: str) -> None:
    with pytest.raises(ConceptNameRefused, match=why):
        tidy_name(typed)


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_a_tidy_name_is_its_own_and_marks_nothing_up(typed: str) -> None:
    try:
        tidy = tidy_name(typed)
    except ConceptNameRefused:
        return
    assert tidy_name(tidy) == tidy
    assert not set(tidy) & set('<>[]{}*_`#$\\|!"@~^=\n\r\t')


def named(*names: str | None) -> tuple[GivenName | None, ...]:
    return tuple(None if name is None else GivenName(name, "Dr. Li", AT) for name in names)


def test_given_names_stand_for_made_ones() -> None:
    assert combined(MADE, (None, None)) == MADE
    assert combined(MADE, named(None, "Rim")) == ("Concept 1: forehead", "Rim")
    swapped = (MADE[1], MADE[0])
    assert combined(MADE, named(*swapped)) == swapped


def test_names_a_bundle_was_made_with_may_be_alike() -> None:
    assert combined(("same", "same", "x"), named(None, None, "y")) == ("same", "same", "y")


@pytest.mark.parametrize("names", [(None, "concept 1: FOREHEAD"), ("Fold", "fold")])
def test_two_concepts_never_get_one_name(names: tuple[str | None, ...]) -> None:
    with pytest.raises(ConceptNameRefused, match="Another concept"):
        combined(MADE, named(*names))


def test_names_are_read_back(tmp_path: Path) -> None:
    assert read_names(tmp_path, HASH, MADE) == (None, None)
    write_names(tmp_path, HASH, named(None, "Rim"))
    assert read_names(tmp_path, HASH, MADE) == named(None, "Rim")
    assert [path.name for path in tmp_path.iterdir()] == [NAMES]


def test_names_of_another_bundle_are_not_shown(tmp_path: Path) -> None:
    write_names(tmp_path, HASH, named("Fold", "Rim", "Third"))
    assert read_names(tmp_path, "b" * 64, MADE) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[]",
        json.dumps({"names": [None, None]}).encode(),
        json.dumps({"bundle_sha256": HASH, "names": [None]}).encode(),
        json.dumps({"bundle_sha256": HASH, "names": [None, 3]}).encode(),
        json.dumps({"bundle_sha256": HASH, "names": [None, {"name": "Rim"}]}).encode(),
        json.dumps(
            {"bundle_sha256": HASH, "names": [None, {"name": "Rim", "by": "<b>", "at": str(AT)}]}
        ).encode(),
        json.dumps({"bundle_sha256": HASH, "names": [None, "<b>"]}).encode(),
        json.dumps({"bundle_sha256": HASH, "names": [None, " untidy"]}).encode(),
        json.dumps({"bundle_sha256": HASH, "names": ["Fold", "fold"]}).encode(),
        json.dumps({"bundle_sha256": HASH, "names": [None, None], "more": 1}).encode(),
        json.dumps({"bundle_sha256": "short", "names": [None, None]}).encode(),
    ],
)
def test_a_damaged_file_is_refused_and_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAMES).write_bytes(content)
    with pytest.raises(BundleCorrupt, match=r"Delete it"):
        read_names(tmp_path, HASH, MADE)


def test_a_folder_in_the_file_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAMES).mkdir()
    with pytest.raises(BundleCorrupt, match="Delete it"):
        read_names(tmp_path, HASH, MADE)
    with pytest.raises(ConceptNameRefused, match="cannot be written"):
        write_names(tmp_path, HASH, (None, None))
    assert [path.name for path in tmp_path.iterdir()] == [NAMES]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConceptNameRefused, match="cannot be written"):
        write_names(tmp_path / "gone", HASH, (None, None))


def test_a_file_from_before_names_were_signed_is_read_and_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / NAMES).write_text(json.dumps({"bundle_sha256": HASH, "names": [None, "Rim"]}))
    found = read_names(tmp_path, HASH, MADE)
    assert found == (None, GivenName("Rim"))
    assert str(found[1]) == "Name given before names were signed."
    write_names(tmp_path, HASH, found)
    assert read_names(tmp_path, HASH, MADE) == found
