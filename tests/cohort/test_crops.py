from __future__ import annotations

import errno
import resource
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from face2bone.cohort import crops as module
from face2bone.cohort.crop_store import CropStore, read_store
from face2bone.cohort.crops import photo_crops
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.cohort.views import visits_of
from face2bone.drawn.face.crops import FACES, drawn_crops
from face2bone.drawn.face.patients import DrawnPatient
from face2bone.drawn.face.write import manifest_table, photo_bytes
from face2bone.errors import SubjectError, TrainingError
from face2bone.modalities.face import AlignedFace, find_face
from face2bone.modalities.face.modality import FACE
from face2bone.modalities.photo import read_photo

PATIENTS = 6
COHORT_SEED = 400_100  # of the test suite's own range


@pytest.fixture(scope="module")
def cohort(patients: tuple[DrawnPatient, ...], tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Three photos with a face, one without and one that is no picture."""
    root = tmp_path_factory.mktemp("cohort")
    table = manifest_table(patients[:5])
    (root / "photos").mkdir()
    for patient, name in zip(patients[:3], table["photo"], strict=False):
        (root / name).write_bytes(photo_bytes(patient))
    grey = cv2.imencode(".jpg", np.full((256, 256, 3), 128, np.uint8))[1].tobytes()
    (root / table["photo"][3]).write_bytes(grey)
    (root / table["photo"][4]).write_bytes(b"no picture")
    table.to_csv(root / "manifest.csv", index=False)
    return read_manifest(root / "manifest.csv")


def test_a_photo_gives_the_crop_that_an_assessment_sees(cohort: Cohort, tmp_path: Path) -> None:
    store = photo_crops(cohort, FACE, tmp_path, workers=1)
    photo = read_photo(cohort.photos[1].read_bytes())
    aligned = find_face(photo).aligned
    np.testing.assert_array_equal(store.crops[1], aligned.pixels)
    np.testing.assert_array_equal(store.region_maps[1], aligned.part_map)


def test_a_part_of_a_cohort_reads_the_crops_of_the_whole(cohort: Cohort, tmp_path: Path) -> None:
    """Such as the test side of the split that a training run made of it."""
    whole = photo_crops(cohort, FACE, tmp_path, workers=1)
    some = replace(cohort, table=cohort.table.iloc[[1, 3]], whole=cohort)
    again = replace(FACE, read=lambda _: pytest.fail("aligned again"))
    part = photo_crops(some, again, tmp_path, workers=1)
    assert part.index["patient_id"].tolist() == [cohort.table["patient_id"].iloc[1]]
    np.testing.assert_array_equal(part.crops[part.rows[0]], whole.crops[1])
    assert part.rejected["patient_id"].tolist() == [cohort.table["patient_id"].iloc[3]]
    assert len(whole.rejected) == 2
    none = replace(cohort, table=cohort.table.iloc[[3]], whole=cohort)
    with pytest.raises(TrainingError, match="No photo"):
        photo_crops(none, FACE, tmp_path, workers=1)


def test_a_part_has_a_store_of_its_own_elsewhere(cohort: Cohort, tmp_path: Path) -> None:
    some = replace(cohort, table=cohort.table.iloc[[1]], whole=cohort)
    store = photo_crops(some, FACE, tmp_path, workers=1)
    assert store.rows.tolist() == [0]
    with pytest.raises(TrainingError, match="another cohort"):
        photo_crops(cohort, FACE, tmp_path, workers=1)


def test_a_rejected_patient_keeps_the_zeros_of_the_number(cohort: Cohort, tmp_path: Path) -> None:
    table = cohort.table.iloc[[0, 4]].assign(patient_id=["0041", "007"])
    store = photo_crops(replace(cohort, table=table), FACE, tmp_path, workers=1)
    assert store.rejected["patient_id"].tolist() == ["007"]


@pytest.mark.slow
def test_drawing_and_reading_a_photo_agree(
    drawn: CropStore, cohort: Cohort, tmp_path: Path
) -> None:
    """The short way over no file differs by the file's JPEG compression only."""
    store = photo_crops(cohort, FACE, tmp_path, workers=1)
    difference = np.abs(store.crops[:3].astype(int) - drawn.crops[:3])
    assert difference.mean() < 3.0


def test_unusable_photos_are_listed_with_the_reason(cohort: Cohort, tmp_path: Path) -> None:
    store = photo_crops(cohort, FACE, tmp_path, workers=1)
    assert store.index["row"].tolist() == [0, 1, 2]
    rejected = pd.read_csv(tmp_path / "rejected.csv")
    assert rejected["row"].tolist() == [5, 6]  # as a spreadsheet shows them
    assert rejected["patient_id"].tolist() == cohort.table["patient_id"].tolist()[3:]
    assert rejected["reason"].str.len().min() > 20


@pytest.mark.slow
def test_workers_give_the_same_bytes(
    drawn: CropStore,
    patients: tuple[DrawnPatient, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SHARD", 3)
    told: list[tuple[int, int]] = []
    store = drawn_crops(
        patients, "generator", tmp_path, workers=2, progress=lambda *done: told.append(done)
    )
    np.testing.assert_array_equal(store.crops, drawn.crops)
    np.testing.assert_array_equal(store.region_maps, drawn.region_maps)
    assert told == [(3, 6), (6, 6)]


def test_an_interrupted_store_goes_on(
    drawn: CropStore,
    patients: tuple[DrawnPatient, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SHARD", 2)

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drawn_crops(patients, "generator", tmp_path, workers=1, progress=stop)
    with pytest.raises(TrainingError, match="not finished"):
        read_store(tmp_path, FACES)
    told: list[int] = []
    store = drawn_crops(
        patients, "generator", tmp_path, workers=1, progress=lambda done, _: told.append(done)
    )
    assert told == [6]
    np.testing.assert_array_equal(store.crops, drawn.crops)


def test_a_cohort_without_a_usable_photo_is_an_error(cohort: Cohort, tmp_path: Path) -> None:
    useless = Cohort(cohort.table.iloc[3:], cohort.root, cohort.boundary)
    with pytest.raises(TrainingError, match=r"rejected\.csv"):
        photo_crops(useless, FACE, tmp_path, workers=1)


@dataclass(frozen=True)
class Blank:
    """A face in every picture, made at once."""

    def subjects(self, picture: int) -> tuple[AlignedFace, ...]:
        regions, nowhere = np.zeros((160, 160), np.int8), np.zeros((2, 3), np.float32)
        crop = np.full((160, 160, 3), picture, np.uint8)
        return (AlignedFace(crop, regions >= 0, regions, nowhere, nowhere),)


def test_rows_that_find_no_room_are_an_error_and_no_killed_process(tmp_path: Path) -> None:
    """The file is sparse: where its pages were mapped, a full disk ended the process by SIGBUS."""
    module._open_store(tmp_path, 10, "blank", FACES)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 160 * 160 * 3, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            module._fill_shard(Blank(), tmp_path, 0, 10, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.errno == errno.EFBIG
    assert not list((tmp_path / module.SHARDS).iterdir())
    table = pd.DataFrame({"patient_id": list("abcdefghij")})
    store = module.build_store(Blank(), table, "blank", tmp_path, 1, None, FACES)
    assert store.crops[:, 0, 0, 0].tolist() == list(range(10))


def test_a_damaged_note_of_what_a_store_is_of_is_said(drawn: CropStore, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    (folder / module.SOURCE).write_bytes(b"{")
    with pytest.raises(TrainingError, match=r"source\.json .* is damaged"):
        module.build_store(Blank(), pd.DataFrame(), "x", folder, 1, None, FACES)


@dataclass(frozen=True)
class Pairs:
    """Pictures of two: the second of the first picture is missing, that of the third unusable."""

    def subjects(self, picture: int) -> tuple[AlignedFace | str, ...]:
        if picture == 3:
            raise SubjectError("Nothing was found.")
        (shown,) = Blank().subjects(picture)
        return (shown,) if picture == 0 else (shown, "Too dark." if picture == 2 else shown)


def test_a_picture_of_two_gives_two_rows_and_the_patient_one_visit(tmp_path: Path) -> None:
    table = pd.DataFrame({"patient_id": list("abcd"), "acquired_on": "2026-05-02"}, [2, 3, 4, 5])
    kind = replace(FACES, each=2)
    store = module.build_store(Pairs(), table, "pairs", tmp_path, 1, None, kind)
    assert store.index["patient_id"].tolist() == ["a", "b", "b", "c"]
    assert store.rows.tolist() == [0, 2, 3, 4]
    assert store.crops[store.rows][:, 0, 0, 0].tolist() == [0, 1, 1, 2]
    assert visits_of(store.index).tolist() == [0, 1, 1, 2]
    why = [[4, "c", "Too dark."], [5, "d", "Nothing was found."]]
    assert store.rejected.to_numpy().tolist() == why
    part = store.part(table, pd.Index([3, 5]))
    assert part.index["patient_id"].tolist() == ["b", "b"]
    assert part.rejected["patient_id"].tolist() == ["d"]
