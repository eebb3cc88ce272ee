"""Pictures of sample patients: known by their bytes, and the films as they would be drawn today."""

import hashlib
import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from face2bone.bone import BoneClass
from face2bone.drawn.film.kind import FilmSample
from face2bone.drawn.hand.kind import drawn_hands, hand_samples
from face2bone.drawn.knee.kind import drawn_knees, knee_samples
from face2bone.drawn.people import DEMONSTRATION_SEED_RANGE, patient_seed
from face2bone.drawn.samples import FOLDERS, is_sample
from face2bone.studies import study_named

KINDS = ((knee_samples, drawn_knees, "bone_net"), (hand_samples, drawn_hands, "osteoai"))


def pixels(film: bytes) -> npt.NDArray[np.float64]:
    return np.asarray(Image.open(io.BytesIO(film)), dtype=np.float64)


def test_a_sample_is_known_by_its_bytes() -> None:
    files = [path for folder in FOLDERS for path in folder.iterdir()]
    assert len(files) == 5 + 4 + 4
    assert all(is_sample(hashlib.sha256(path.read_bytes()).hexdigest()) for path in files)
    assert not is_sample(hashlib.sha256(b"a patient's film").hexdigest())


@pytest.mark.parametrize(("samples", "draw", "study"), KINDS)
def test_the_films_kept_are_the_films_drawn(
    samples: Callable[[], tuple[FilmSample, ...]], draw: Callable[[], dict[str, bytes]], study: str
) -> None:
    drawn = draw()
    assert {path.name for path in samples()[0].folder.iterdir()} == set(drawn)
    for sample in samples():
        kept, today = pixels(sample.photo_bytes()), pixels(drawn[sample.file_name])
        assert kept.shape == today.shape
        assert np.abs(kept - today).mean() < 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("samples", "draw", "study"), KINDS)
def test_each_is_usable_and_all_its_figures_can_be_measured(
    samples: Callable[[], tuple[FilmSample, ...]], draw: object, study: str
) -> None:
    modality = study_named(study).ready().modality
    for sample in samples():
        (found,) = modality.prepare(modality.read(sample.photo_bytes()))
        assert found.quality.status != "reject"
        assert any(one.value is not None for one in found.measures), sample.title


def test_they_are_four_of_every_class_and_of_the_demonstrations_seeds() -> None:
    seeds = {patient_seed(DEMONSTRATION_SEED_RANGE.start, i) for i in range(80)}
    for samples, _, _ in KINDS:
        assert len({one.title for one in samples()}) == 4
        assert {one.drawn.bone_class for one in samples()} == set(BoneClass)
        assert {one.drawn.seed for one in samples()} <= seeds
