"""Renaming keeps the bundle the same bundle: its hash, its other files, its evaluation."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from face2bone.bundle import (
    Bundle,
    BundleContents,
    bundle_hash,
    load_bundle,
    rename_concept,
    save_bundle,
)
from face2bone.bundle.contents import encode
from face2bone.bundle.names import NAMES
from face2bone.errors import BundleMissing, ConceptNameRefused

BY = "Dr. Li"


def test_a_new_name_lasts_and_the_hash_stays(copied: Path) -> None:
    before = load_bundle(copied)
    renamed = rename_concept(copied, 1, " Deep  fold ", BY)
    assert renamed.concepts.names == ("Concept 1", "Deep fold", "Concept 3", "Concept 4")
    found = load_bundle(copied)
    assert found.concepts.names == renamed.concepts.names
    assert bundle_hash(found) == bundle_hash(renamed) == bundle_hash(before)
    assert (found.concepts.basis == before.concepts.basis).all()
    assert found.concepts.region_tags == before.concepts.region_tags


def test_nothing_sealed_is_touched(copied: Path) -> None:
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    rename_concept(copied, 0, "Fold", BY)
    after = {path.name: path.read_bytes() for path in copied.iterdir()}
    assert after.pop(NAMES)
    assert after == before


def test_names_given_one_after_another_all_last(copied: Path) -> None:
    rename_concept(copied, 0, "Fold", BY)
    rename_concept(copied, 2, "Rim", BY)
    rename_concept(copied, 0, "Deep fold", BY)
    assert load_bundle(copied).concepts.names == ("Deep fold", "Concept 2", "Rim", "Concept 4")


def test_the_name_it_was_made_with_takes_a_given_one_back(copied: Path) -> None:
    rename_concept(copied, 0, "Fold", BY)
    rename_concept(copied, 0, "Concept 1", BY)
    assert load_bundle(copied).concepts.names[0] == "Concept 1"
    assert "Concept 1" not in (copied / NAMES).read_text("utf-8")


@pytest.mark.parametrize("index", [-1, 4])
def test_a_concept_that_is_not_there_is_refused(copied: Path, index: int) -> None:
    with pytest.raises(ConceptNameRefused, match="has 4"):
        rename_concept(copied, index, "Fold", BY)


@pytest.mark.parametrize("name", ["", "x" * 61, "<i>", "Concept 2", "CONCEPT 2"])
def test_a_refused_name_changes_nothing(copied: Path, name: str) -> None:
    rename_concept(copied, 3, "Rim", BY)
    before = (copied / NAMES).read_bytes()
    with pytest.raises(ConceptNameRefused):
        rename_concept(copied, 0, name, BY)
    assert (copied / NAMES).read_bytes() == before


def test_a_missing_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing):
        rename_concept(tmp_path / "gone", 0, "Fold", BY)


def test_sessions_that_rename_at_once_lose_no_name(copied: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: rename_concept(copied, i, f"Fold {i}", BY), range(4)))
    assert load_bundle(copied).concepts.names == ("Fold 0", "Fold 1", "Fold 2", "Fold 3")


def test_a_bundle_made_from_a_renamed_one_is_made_with_its_names(
    copied: Path, tmp_path: Path
) -> None:
    renamed = rename_concept(copied, 0, "Fold", BY)
    kept = BundleContents(**{f.name: getattr(renamed, f.name) for f in fields(BundleContents)})
    made = save_bundle(tmp_path / "made", renamed.card, kept)
    assert made.concepts.names[0] == "Fold"
    assert not (made.root / NAMES).exists()
    assert bundle_hash(made) != bundle_hash(renamed)


def test_saving_over_a_bundle_forgets_the_names_given(tiny_bundle: Bundle, copied: Path) -> None:
    rename_concept(copied, 0, "Fold", BY)
    kept = BundleContents(**{f.name: getattr(tiny_bundle, f.name) for f in fields(BundleContents)})
    again = save_bundle(copied, tiny_bundle.card, kept)
    assert again.concepts.names == load_bundle(copied).concepts.names
    assert again.concepts.names[0] == "Concept 1"


def test_only_the_texts_differ_when_a_renamed_bundle_is_encoded(copied: Path) -> None:
    before, after = encode(load_bundle(copied)), encode(rename_concept(copied, 0, "Fold", BY))
    assert [name for name in before if before[name] != after[name]] == ["concepts.json"]


def test_the_shipped_bundle_may_be_renamed(demo_bundle: Bundle, tmp_path: Path) -> None:
    """On a copy: its hash stays that of the shipped card, so its evaluation is still its own."""
    import shutil

    from face2bone.evaluation.record import attached

    root = Path(shutil.copytree(demo_bundle.root, tmp_path / "demo"))
    renamed = rename_concept(root, 0, "Smile line", BY)
    assert bundle_hash(renamed) == bundle_hash(demo_bundle)
    assert np.array_equal(renamed.concepts.importance, demo_bundle.concepts.importance)
    assert attached(load_bundle(root)) is not None


def test_who_named_it_and_when_is_kept_with_the_name(copied: Path) -> None:
    before = datetime.now(UTC)
    rename_concept(copied, 1, "Deep fold", "  Dr.  Li ")
    found = load_bundle(copied)
    one = found.given[1]
    assert one is not None
    assert (one.name, one.by) == ("Deep fold", BY)
    assert one.at is not None
    assert before <= one.at <= datetime.now(UTC)
    assert found.naming(1) == f"Name given by Dr. Li on {one.at.astimezone().date()}."
    assert found.naming(0) == ""


@pytest.mark.parametrize("by", ["", " ", "<b>", "x" * 61])
def test_nobody_names_a_concept_anonymously(copied: Path, by: str) -> None:
    with pytest.raises(ConceptNameRefused, match="Who gives the name"):
        rename_concept(copied, 0, "Fold", by)
    assert not (copied / NAMES).exists()


def test_the_second_of_two_who_saw_the_same_name_does_not_win_unheard(copied: Path) -> None:
    seen = load_bundle(copied).concepts.names[0]
    rename_concept(copied, 0, "Fold", "Dr. Li", instead_of=seen)
    with pytest.raises(
        ConceptNameRefused, match=r"called 'Fold'\. Name given by Dr\. Li"
    ) as caught:
        rename_concept(copied, 0, "Crease", "Dr. Wu", instead_of=seen)
    assert caught.value.overtaken
    assert load_bundle(copied).concepts.names[0] == "Fold"
    rename_concept(copied, 0, "Crease", "Dr. Wu", instead_of="Fold")
    assert load_bundle(copied).naming(0).startswith("Name given by Dr. Wu")


RENAME = """
import sys
from face2bone.bundle import rename_concept
rename_concept(sys.argv[1], int(sys.argv[2]), f"Fold {sys.argv[2]}", "Dr. Li")
"""


@pytest.mark.slow
def test_processes_that_rename_at_once_lose_no_name(copied: Path) -> None:
    command = [sys.executable, "-c", RENAME, str(copied)]
    running = [subprocess.Popen([*command, str(i)]) for i in range(4)]
    assert [process.wait(240) for process in running] == [0] * 4
    assert load_bundle(copied).concepts.names == ("Fold 0", "Fold 1", "Fold 2", "Fold 3")
