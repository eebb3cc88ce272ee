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
from face2bone.cohort.crops import CropStore, drawn_crops, photo_crops, read_store
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.face.write import manifest_table, photo_bytes
from face2bone.drawn.worlds import World
from face2bone.errors import TrainingError
from face2bone.modalities.face import FACE_INPUT, AlignedFace, find_face
from face2bone.modalities.face.alignment import MASK_VALUE
from face2bone.modalities.face.modality import FACE
from face2bone.modalities.photo import read_photo

PATIENTS = 6
COHORT_SEED = 400_100  # of the test suite's own range


@pytest.fixture(scope="module")
def patients() -> tuple[DrawnPatient, ...]:
    return draw_cohort(PATIENTS, World.PLANTED, COHORT_SEED)


@pytest.fixture(scope="module")
def drawn(
    patients: tuple[DrawnPatient, ...], tmp_path_factory: pytest.TempPathFactory
) -> CropStore:
    return drawn_crops(patients, "generator", tmp_path_factory.mktemp("drawn"), workers=1)


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


def test_every_patient_has_a_masked_crop(drawn: CropStore) -> None:
    assert len(drawn.index) == PATIENTS
    assert drawn.crops.shape == (PATIENTS, 160, 160, 3)
    outside = np.asarray(drawn.region_maps) < 0
    assert (np.asarray(drawn.crops)[outside] == MASK_VALUE).all()
    assert 0.3 < (~outside).mean() < 0.8
    assert set(np.unique(drawn.region_maps)) == set(range(-1, 10))


def test_labels_are_the_patients(drawn: CropStore, patients: tuple[DrawnPatient, ...]) -> None:
    assert drawn.labels.tolist() == [p.bone_class for p in patients]
    np.testing.assert_allclose(drawn.t_scores, [p.t_score for p in patients], rtol=1e-6)
    assert drawn.index["patient_id"].tolist() == [p.patient_id for p in patients]


def test_a_store_of_classes_alone_has_unknown_t_scores(drawn: CropStore) -> None:
    classes = replace(drawn, index=drawn.index.drop(columns="t_score"))
    assert classes.t_scores.dtype == np.float32
    assert np.isnan(classes.t_scores).all()
    assert classes.t_scores.shape == (PATIENTS,)


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
        read_store(tmp_path)
    told: list[int] = []
    store = drawn_crops(
        patients, "generator", tmp_path, workers=1, progress=lambda done, _: told.append(done)
    )
    assert told == [6]
    np.testing.assert_array_equal(store.crops, drawn.crops)


def test_a_finished_store_is_not_drawn_again(
    drawn: CropStore, patients: tuple[DrawnPatient, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(module, "draw_face")
    again = drawn_crops(patients, "generator", drawn.folder, workers=1)
    pd.testing.assert_frame_equal(again.index, drawn.index)


@pytest.mark.parametrize("drawn_by", ["another generator", "generator"])
def test_another_cohorts_store_is_refused(
    drawn: CropStore, patients: tuple[DrawnPatient, ...], drawn_by: str
) -> None:
    others = patients if drawn_by == "another generator" else patients[:5]
    with pytest.raises(TrainingError, match="another cohort"):
        drawn_crops(others, drawn_by, drawn.folder, workers=1)


def test_a_cohort_without_a_usable_photo_is_an_error(cohort: Cohort, tmp_path: Path) -> None:
    useless = Cohort(cohort.table.iloc[3:], cohort.root, cohort.boundary)
    with pytest.raises(TrainingError, match=r"rejected\.csv"):
        photo_crops(useless, FACE, tmp_path, workers=1)


@dataclass(frozen=True)
class Blank:
    """A face at every position, made at once."""

    def face(self, position: int) -> AlignedFace:
        regions, nowhere = np.zeros((160, 160), np.int8), np.zeros((2, 3), np.float32)
        crop = np.full((160, 160, 3), position, np.uint8)
        return AlignedFace(crop, regions >= 0, regions, nowhere, nowhere)


def test_rows_that_find_no_room_are_an_error_and_no_killed_process(tmp_path: Path) -> None:
    """The file is sparse: where its pages were mapped, a full disk ended the process by SIGBUS."""
    module._open_store(tmp_path, 10, "blank", FACE_INPUT)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 160 * 160 * 3, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            module._fill_shard(Blank(), tmp_path, 0, 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.errno == errno.EFBIG
    assert not list((tmp_path / module.SHARDS).iterdir())
    table = pd.DataFrame({"patient_id": list("abcdefghij")})
    store = module.build_store(Blank(), table, "blank", tmp_path, 1, None)
    assert store.crops[:, 0, 0, 0].tolist() == list(range(10))


@pytest.mark.parametrize("name", ["index.parquet", "crops.npy", "regions.npy"])
def test_a_damaged_store_is_said_to_be_damaged(drawn: CropStore, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    whole = (folder / name).read_bytes()
    for content in (b"", whole[:-1], whole[: len(whole) // 2], b"PK" + whole, whole[1:]):
        (folder / name).write_bytes(content)
        with pytest.raises(TrainingError, match=rf"{name} .* is damaged"):
            read_store(folder)


def test_a_damaged_note_of_what_a_store_is_of_is_said(drawn: CropStore, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    (folder / module.SOURCE).write_bytes(b"{")
    with pytest.raises(TrainingError, match=r"source\.json .* is damaged"):
        module.build_store(Blank(), pd.DataFrame(), "x", folder, 1, None)


def test_a_header_that_is_no_python_text_is_damage(drawn: CropStore, tmp_path: Path) -> None:
    """numpy reads a header with Python's tokenizer, whose errors are of a kind of their own."""
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    content = (folder / "crops.npy").read_bytes().replace(b"}", b" ", 1)
    (folder / "crops.npy").write_bytes(content)
    with pytest.raises(TrainingError, match=r"crops\.npy .* is damaged"):
        read_store(folder)
