from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from face2bone.bone import BoneClass
from face2bone.modalities.face.locator import FaceLandmarker
from face2bone.modalities.photo import Photo
from face2bone.runtime import OodVerdict, Prediction
from research.domain_shift import shifts as domain_shift
from research.domain_shift.shifts import UNALTERED, Seen, altered, measure, shifts, summarise


def seen(distance: float, named: int = 0, rejected: bool = False, limit: float = 10.0) -> Seen:
    prediction = Prediction(
        np.eye(3)[named], (BoneClass(named),), OodVerdict(distance, limit, distance > limit),
        np.zeros(3, dtype=np.float32), "torch cpu f32",
    )  # fmt: skip
    return Seen(rejected, prediction)


LOST = Seen(False, None)
KNOWN = np.array([5.0, 6.0, 7.0, 8.0])


def test_shares_count_photos_and_a_photo_is_warned_of_once() -> None:
    photos = [seen(12.0, rejected=True), seen(12.0), seen(3.0, named=1), LOST]
    found = summarise("blur", photos, np.array([0, 0, 0, 2]), KNOWN)
    assert (found.faces, found.lost, found.rejected) == (4, 0.25, 0.25)
    assert found.flagged == pytest.approx(2 / 3)  # of those with a face
    assert found.warned == pytest.approx(3 / 4)
    assert found.accuracy == pytest.approx(2 / 3)


def test_what_becomes_of_osteoporosis_counts_only_those_who_have_it() -> None:
    wide = seen(3.0, named=1)
    assert wide.prediction is not None
    both = replace(wide, prediction=replace(wide.prediction, prediction_set=tuple(BoneClass)[1:]))
    photos = [seen(3.0, named=2), both, seen(3.0, named=1), LOST, seen(3.0, named=0)]
    found = summarise("mild", photos, np.array([2, 2, 2, 2, 0]), KNOWN)
    assert found.sensitivity == pytest.approx(1 / 3)  # of the three whose face was found
    assert found.coverage == pytest.approx(2 / 3)
    nobody = summarise("mild", [seen(3.0)], np.array([0]), KNOWN)
    assert np.isnan([nobody.sensitivity, nobody.coverage]).all()


@pytest.mark.parametrize(
    ("distances", "auroc"),
    [((20.0, 30.0), 1.0), ((1.0, 2.0), 0.0), ((6.0, 7.0), 0.5), ((6.5, 9.0), 0.75)],
)
def test_auroc_counts_pairs_ties_as_half(distances: tuple[float, ...], auroc: float) -> None:
    photos = [seen(distance) for distance in distances]
    assert summarise("x", photos, np.zeros(2, dtype=int), KNOWN).auroc == pytest.approx(auroc)


def test_the_unaltered_are_compared_with_nobody_and_nobody_may_be_found() -> None:
    assert np.isnan(summarise(UNALTERED, [seen(5.0)], np.array([0]), KNOWN).auroc)
    nothing = summarise("noise", [LOST, LOST], np.array([0, 1]), KNOWN)
    assert (nothing.lost, nothing.flagged, nothing.warned) == (1.0, 0.0, 1.0)
    assert np.isnan(nothing.auroc)
    assert np.isnan(nothing.accuracy)


@pytest.fixture(scope="module")
def pictures(drawn_photo: Photo) -> dict[str, np.ndarray]:
    landmarks = FaceLandmarker().locate(drawn_photo.pixels)[0][:, :2]
    rng = np.random.default_rng(1)
    return {s.name: s.alter(drawn_photo.pixels, landmarks, rng) for s in shifts()}


def test_every_shift_is_a_picture_and_only_the_first_is_unchanged(
    pictures: dict[str, np.ndarray],
) -> None:
    original = pictures[UNALTERED]
    assert len(pictures) == len(shifts())
    for name, pixels in pictures.items():
        assert pixels.shape == original.shape
        assert pixels.dtype == np.uint8
        assert (pixels == original).all() == (name == UNALTERED)


def test_shifts_do_what_they_say(pictures: dict[str, np.ndarray]) -> None:
    original = pictures[UNALTERED].astype(float)
    dim, grey = pictures["dim light (35%)"], pictures["grey picture"]
    assert dim.mean() == pytest.approx(0.35 * original.mean(), abs=1.0)
    assert (np.ptp(grey, axis=2) == 0).all()
    warm = pictures["warm lamp"].astype(float)
    assert (warm[..., 0] - warm[..., 2]).mean() > (original[..., 0] - original[..., 2]).mean()
    darker, paler = pictures["skin darker than drawn"], pictures["skin paler than drawn"]
    face = (slice(110, 150), slice(110, 146))  # cheeks and nose of the 256-pixel portrait
    assert darker[face].mean() < 0.7 * original[face].mean()
    assert paler[face].mean() > original[face].mean()
    mild = pictures["mild, combined"].astype(float)
    assert mild.mean() == pytest.approx(0.8 * original.mean(), abs=1.5)
    assert np.abs(mild - 0.8 * original).mean() < 6
    corner = (slice(0, 20), slice(0, 20))
    assert (darker[corner] == original[corner]).all()  # the backdrop keeps its light
    sharp = np.abs(np.diff(original.mean(2), axis=1)).mean()
    assert np.abs(np.diff(pictures["blur"].mean(2), axis=1)).mean() < 0.6 * sharp


def test_measuring_looks_at_every_face_under_every_shift(monkeypatch: Any) -> None:
    """The bookkeeping, with drawing and looking replaced: distance is the shift's number."""
    names = [UNALTERED, "far", "near"]
    monkeypatch.setattr(domain_shift, "shifts", lambda: [SimpleNamespace(name=n) for n in names])
    monkeypatch.setattr(
        domain_shift, "altered", lambda p, _: ((n, f"{p.patient_id} {n}") for n in names)
    )
    distance = {UNALTERED: 5.0, "far": 50.0, "near": 5.0}
    monkeypatch.setattr(domain_shift, "look", lambda photo, *_: seen(distance[photo.split(" ")[1]]))
    told: list[tuple[int, int]] = []
    patients: Any = [SimpleNamespace(patient_id=i, bone_class=BoneClass.NORMAL) for i in range(3)]
    nothing: Any = None
    results = measure(nothing, nothing, patients, nothing, lambda *a: told.append(a))
    assert [r.name for r in results] == names
    assert [r.auroc for r in results[1:]] == [1.0, 0.5]
    assert [r.flagged for r in results] == [0.0, 1.0, 0.0]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_face_nobody_finds_is_measured_as_it_is(monkeypatch: Any) -> None:
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    monkeypatch.setattr(domain_shift, "draw_face", lambda *_: SimpleNamespace(pixels=pixels))
    monkeypatch.setattr(domain_shift, "patient_face", lambda patient: patient)
    blind: Any = SimpleNamespace(locate=lambda _: [])
    patient: Any = SimpleNamespace(seed=1)
    assert all((found == pixels).all() for _, found in altered(patient, blind))


def test_a_verdict_is_the_predictions(monkeypatch: Any) -> None:
    flagged = seen(12.0)
    assert flagged.prediction is not None
    calm = replace(flagged.prediction, out_of_domain=OodVerdict(12.0, 20.0, False))
    assert summarise("x", [Seen(False, calm)], np.array([0]), KNOWN).flagged == 0.0
