"""Explaining a cohort in shards: what is written, that a kill costs little, whose face is kept."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import drawn_crops
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.worlds import World
from face2bone.errors import ExplanationError
from face2bone.explain import cohort as module
from face2bone.explain.cohort import PATIENT_COLUMNS, SHARD, THUMBNAIL, THUMBNAIL_SIDE
from face2bone.explain.photo_row import Layout, PhotoFigures
from face2bone.modalities.face import FACE_PARTS
from face2bone.modalities.prepared import Prepared

CONCEPTS = 4
PATIENTS = SHARD + 2


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CropStore:
    patients = draw_cohort(PATIENTS, World.PLANTED, 400_500)
    return drawn_crops(patients, "generator", tmp_path_factory.mktemp("crops"), workers=1)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Figures that tell whose they are, without a network; one entry a photo explained."""
    made: list[float] = []

    def figures(
        bundle: object, engine: object, face: Prepared, beside: object = ()
    ) -> PhotoFigures:
        made.append(float(face.pixels.mean()))
        return PhotoFigures(
            probabilities=np.array([0.2, 0.3, 0.5]),
            members=np.array([False, True, True]),
            distance=float(face.pixels.mean()),
            values=np.zeros((10, 4)),
            base=np.zeros(4),
            full=np.zeros(4),
            presence=np.zeros(CONCEPTS),
            importance=np.zeros((CONCEPTS, 3)),
            reconstruction_error=0.5,
        )

    monkeypatch.setattr(module, "photo_figures", figures)
    return made


def explain(bundle: Bundle, store: CropStore, folder: Path, show: bool = True):  # type: ignore[no-untyped-def]
    may_show = np.full(len(store.index), show)
    return module.explain_store(bundle, None, store, folder, may_show, lambda n, total: None)  # type: ignore[arg-type]


@pytest.mark.slow
def test_every_photo_has_a_row_with_its_own_patient(
    tiny_bundle: Bundle, store: CropStore, calls: list[float], tmp_path: Path
) -> None:
    table = explain(tiny_bundle, store, tmp_path)
    assert list(table.columns) == [
        *PATIENT_COLUMNS,
        *Layout(FACE_PARTS, CLASS_LABELS, CONCEPTS).columns,
        THUMBNAIL,
    ]
    assert table["patient_id"].tolist() == store.index["patient_id"].tolist()
    own = [float(store.crops[row].mean()) for row in store.rows]
    assert table["ood_distance"].tolist() == own


def test_a_stopped_run_goes_on_where_it_was(
    tiny_bundle: Bundle, store: CropStore, calls: list[float], tmp_path: Path
) -> None:
    def killed(done: int, total: int) -> None:
        if done == SHARD + 1:
            raise KeyboardInterrupt

    show = np.ones(PATIENTS, bool)
    with pytest.raises(KeyboardInterrupt):
        module.explain_store(tiny_bundle, None, store, tmp_path, show, killed)  # type: ignore[arg-type]
    (tmp_path / ".0000008.parquet.1").write_bytes(b"half a shard")  # a kill in the middle of it
    calls.clear()
    table = explain(tiny_bundle, store, tmp_path)
    assert len(calls) == PATIENTS - SHARD
    assert len(table) == PATIENTS
    calls.clear()
    assert explain(tiny_bundle, store, tmp_path).equals(table)
    assert calls == []


def test_another_models_shards_are_refused(
    tiny_bundle: Bundle, store: CropStore, calls: list[float], tmp_path: Path
) -> None:
    explain(tiny_bundle, store, tmp_path)
    with pytest.raises(ExplanationError, match="another cohort or model"):
        explain(replace(tiny_bundle, sha256="0" * 64), store, tmp_path)


def test_no_face_is_kept_where_it_may_not_be_shown(
    tiny_bundle: Bundle, store: CropStore, calls: list[float], tmp_path: Path
) -> None:
    table = explain(tiny_bundle, store, tmp_path, show=False)
    assert table[THUMBNAIL].isna().all()


def test_a_thumbnail_is_a_small_picture_of_the_crop(store: CropStore) -> None:
    crop = np.asarray(store.crops[0])
    picture = cv2.imdecode(np.frombuffer(module.thumbnail(crop), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (THUMBNAIL_SIDE, THUMBNAIL_SIDE, 3)
    small = cv2.resize(crop, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    assert np.abs(picture[..., ::-1].astype(int) - small).mean() < 4.0
