from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from face2bone.bundle import Bundle
from face2bone.cohort_explanations.folder import (
    ABOUT,
    EXPLAINED,
    SHIPPED,
    ExplainedCohort,
    check_out,
    explained_folders,
    read_explained,
    shipped,
    write_explained,
)
from face2bone.errors import ExplanationError
from face2bone.modalities.face import FACE_PARTS

NOBODY = pd.DataFrame({"row": [], "patient_id": [], "reason": []})


@pytest.fixture
def own(explained: ExplainedCohort, tiny_bundle: Bundle) -> ExplainedCohort:
    """Explained with the bundle of the tests."""
    name = replace(explained.about.bundle, sha256=tiny_bundle.sha256)
    return replace(explained, about=replace(explained.about, bundle=name))


def test_what_is_written_is_read_back(
    own: ExplainedCohort, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    folder = write_explained(own, NOBODY, tmp_path / "out")
    again = read_explained(folder, tiny_bundle, FACE_PARTS)
    assert again.about == own.about
    pd.testing.assert_frame_equal(again.table, own.table, check_dtype=False)


def test_it_is_replaced_but_nothing_else_is(own: ExplainedCohort, tmp_path: Path) -> None:
    folder = write_explained(own, NOBODY, tmp_path / "out")
    write_explained(own, NOBODY, folder)
    other = tmp_path / "other"
    other.mkdir()
    check_out(other)  # an empty folder is welcome
    (other / "notes.txt").write_text("mine")
    with pytest.raises(ExplanationError, match="Choose a new folder"):
        write_explained(own, NOBODY, other)
    assert [path.name for path in other.iterdir()] == ["notes.txt"]


def test_another_models_explanations_are_refused_by_name(
    explained: ExplainedCohort, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    folder = write_explained(explained, NOBODY, tmp_path / "out")
    with pytest.raises(ExplanationError, match="of another model") as caught:
        read_explained(folder, tiny_bundle, FACE_PARTS)
    assert explained.about.bundle.sha256[:12] in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["gone", "about", "table", "columns", "schema"])
def test_what_is_no_explained_cohort_is_one_sentence(
    damage: str, own: ExplainedCohort, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    if damage != "gone":
        write_explained(own, NOBODY, folder)
    if damage == "about":
        (folder / ABOUT).write_text('{"bundle": 1}')
    if damage == "table":
        (folder / EXPLAINED).write_bytes(b"PAR1 nothing")
    if damage == "columns":
        own.table.drop(columns="p_normal").to_parquet(folder / EXPLAINED)
    if damage == "schema":
        text = (folder / ABOUT).read_text().replace('"schema": 1', '"schema": 9')
        (folder / ABOUT).write_text(text)
    with pytest.raises(ExplanationError, match="face2bone explain") as caught:
        read_explained(folder, tiny_bundle, FACE_PARTS)
    assert str(tmp_path) not in str(caught.value)


def test_a_bundle_may_bring_a_cohort(tiny_bundle: Bundle, tmp_path: Path) -> None:
    assert shipped(replace(tiny_bundle, root=tmp_path)) is None
    (tmp_path / SHIPPED).mkdir()
    assert shipped(replace(tiny_bundle, root=tmp_path)) == tmp_path / SHIPPED


def test_only_what_lies_in_the_named_folder_is_offered(
    own: ExplainedCohort, tmp_path: Path
) -> None:
    root, outside = tmp_path / "named", tmp_path / "elsewhere"
    for folder in (root / "mine", root / "half", outside):
        write_explained(own, NOBODY, folder)
    (root / "a link").symlink_to(outside, target_is_directory=True)
    (root / "up").symlink_to("..", target_is_directory=True)
    (root / "circle").symlink_to("circle", target_is_directory=True)
    (root / "same").symlink_to("mine", target_is_directory=True)
    (root / "half" / EXPLAINED).unlink()
    (root / "half" / EXPLAINED).symlink_to(outside / EXPLAINED)
    assert list(explained_folders(root)) == ["mine", "same"]
    (tmp_path / "by link").symlink_to(root, target_is_directory=True)
    assert list(explained_folders(tmp_path / "by link")) == ["mine", "same"]
