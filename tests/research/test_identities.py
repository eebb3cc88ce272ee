"""Photos of identities: the same person again, other conditions, and no label anywhere."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.people import PRETRAINING_SEED_RANGE
from face2bone.drawn.worlds import World
from research.identities import another_photo, identity_crops

SEED = PRETRAINING_SEED_RANGE.start
CHANGED = {"pose", "light", "camera", "backdrop", "glasses", "eyes", "lips"}


@pytest.fixture(scope="module")
def person() -> DrawnPatient:
    return draw_cohort(1, World.NULL, SEED)[0]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CropStore:
    return identity_crops(2, 2, SEED, tmp_path_factory.mktemp("people"), workers=1)


def test_the_person_stays_and_the_photo_changes(person: DrawnPatient) -> None:
    own, first, second = patient_face(person), another_photo(person, 0), another_photo(person, 1)
    for photo in (first, second):
        same = {k for k, v in asdict(own).items() if asdict(photo)[k] == v}
        assert set(asdict(own)) - same <= CHANGED
        assert photo.ageing == person.ageing
    assert first.pose != second.pose
    assert first.light != second.light
    assert first.eyes.iris_rgb == own.eyes.iris_rgb
    assert first.eyes.upper == pytest.approx(own.eyes.upper, abs=1.5)


def test_a_photo_is_the_same_every_time(person: DrawnPatient) -> None:
    assert another_photo(person, 3) == another_photo(person, 3)


def test_the_store_says_who_and_nothing_about_them(store: CropStore) -> None:
    assert list(store.index.columns) == ["row", "patient_id", "photo"]
    assert store.index["patient_id"].nunique() == 2
    assert store.index["photo"].tolist() == [0, 1, 0, 1]


def test_two_photos_of_a_person_differ(store: CropStore) -> None:
    crops = np.asarray(store.crops).astype(int)
    assert np.abs(crops[0] - crops[1]).mean() > 2.0


def test_the_store_goes_on_only_as_the_same_store(store: CropStore, tmp_path: Path) -> None:
    again = identity_crops(2, 2, SEED, store.folder, workers=1)
    np.testing.assert_array_equal(again.crops, store.crops)
