"""The public network on a real face: an age that means something, with its limits beside it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from face2bone.apparent_age import AgeAssessor, AgeExplanation
from face2bone.assessment import LocatedSubject
from face2bone.bundle.ood import OodReference
from face2bone.bundle.years_bundle import Band, YearsBundle, YearsFacts, load_years_bundle
from face2bone.errors import BundleCorrupt, SubjectRejected
from face2bone.modalities.face import find_face
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.patient import Sex
from face2bone.tasks.years import GapFit, YearsInterval

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def public() -> YearsBundle:
    return load_years_bundle(ROOT / "models" / "face-age-public")


@pytest.fixture(scope="module")
def assessor(public: YearsBundle) -> AgeAssessor:
    return AgeAssessor(public)


@pytest.fixture(scope="module")
def located(astronaut_photo: Photo) -> LocatedSubject:
    return LocatedSubject(astronaut_photo.sha256, find_face(astronaut_photo))


def test_a_real_face_gets_an_age_a_spread_and_no_promise(
    assessor: AgeAssessor, astronaut_photo: Photo, located: LocatedSubject
) -> None:
    found = assessor.estimate(astronaut_photo, located, 43.0, Sex.FEMALE)
    assert 25 < found.years < 50  # a woman of 40 to 43; the network's error is 7 years and more
    assert found.low < found.years < found.high
    assert found.shares.sum() == pytest.approx(1.0)
    assert not found.is_calibrated
    assert found.gap is None
    assert found.out_of_domain is None
    assert found.facts.calibrated_on == 0


@pytest.fixture(scope="module")
def told() -> list[float]:
    """Fractions done, as the explanation below told of them."""
    return []


@pytest.fixture(scope="module")
def explanation(
    assessor: AgeAssessor, astronaut_photo: Photo, located: LocatedSubject, told: list[float]
) -> AgeExplanation:
    return assessor.explain(astronaut_photo, located, lambda step, done: told.append(done))


@pytest.mark.slow
def test_values_of_the_parts_add_up_in_years(
    assessor: AgeAssessor,
    astronaut_photo: Photo,
    located: LocatedSubject,
    explanation: AgeExplanation,
    told: list[float],
) -> None:
    age = assessor.estimate(astronaut_photo, located).years
    assert explanation.values.shape == (2, 10)
    for game in explanation.games:
        assert game.full[0] == pytest.approx(age, abs=0.05)
        assert game.base[0] + game.values[:, 0].sum() == pytest.approx(game.full[0], abs=1e-6)
    assert [game.baseline for game in explanation.games] == ["blur", "inpaint"]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert explanation.parts[0].label
    assert -1 <= explanation.check().agreement <= 1


def test_with_calibration_people_interval_gap_and_domain_are_said(
    public: YearsBundle, astronaut_photo: Photo, located: LocatedSubject
) -> None:
    facts = YearsFacts(
        interval=YearsInterval(3.0, 0.1, 500),
        gap=GapFit(5.0, 0.8, 2.0, 6.0, 500),
        bands=(Band(20.0, 60.0, 300, 5.5, 0.4, 0.9),),
        measured_on="a toy",
    )
    ood = OodReference(np.zeros(256, np.float32), np.eye(256, dtype=np.float32), 1e-3, 0.99, 500)
    assessor = AgeAssessor(replace(public, facts=facts, ood=ood))
    plain = AgeAssessor(public).estimate(astronaut_photo, located)
    found = assessor.estimate(astronaut_photo, located, 40.0, Sex.MALE)
    assert found.is_calibrated
    assert (found.low, found.high) == (
        pytest.approx(plain.low - 3),
        pytest.approx(plain.high + 3),
    )
    assert found.gap is not None
    assert found.gap.years == pytest.approx(found.years - (5 + 0.8 * 40 + 2))
    assert found.gap.high - found.gap.low == pytest.approx(found.high - found.low)
    assert found.out_of_domain is not None
    assert found.out_of_domain.is_outside
    assert found.facts.band_of(found.years) == facts.bands[0]
    assert found.facts.band_of(70.0) is None
    assert assessor.estimate(astronaut_photo, located, 40.0).gap is None


def test_a_face_of_another_photo_or_a_rejected_one_gets_no_age(
    assessor: AgeAssessor, astronaut_photo: Photo, drawn_photo: Photo, located: LocatedSubject
) -> None:
    with pytest.raises(ValueError, match="another photo"):
        assessor.estimate(drawn_photo, located)
    verdict = located.subject.quality
    failed = replace(verdict.checks[0], status="reject", reason="Too dark.")
    face = replace(located.subject, quality=replace(verdict, checks=(failed,), status="reject"))
    with pytest.raises(SubjectRejected, match="Too dark"):
        assessor.estimate(astronaut_photo, LocatedSubject(astronaut_photo.sha256, face))


def test_an_age_says_which_face_of_the_photo_it_is_of(
    assessor: AgeAssessor, astronaut_photo: Photo, located: LocatedSubject
) -> None:
    second = replace(located, number=2)
    found = assessor.estimate(astronaut_photo, second)
    assert found.chosen == 2
    assert found.is_of(second)
    assert not found.is_of(located)
    assert not found.is_of(replace(second, photo_sha256="f" * 64))


@pytest.mark.slow
def test_what_lies_outside_the_face_gets_no_value(
    assessor: AgeAssessor,
    astronaut_photo: Photo,
    located: LocatedSubject,
    explanation: AgeExplanation,
) -> None:
    prepared: Prepared = assessor.prepare(astronaut_photo, located)
    assert (prepared.part_map[~prepared.mask] == -1).all()
    assert len(explanation.values[0]) == len(prepared.parts)


def test_a_face_cut_out_in_an_unknown_way_is_refused(public: YearsBundle) -> None:
    card = replace(public.card, input=replace(public.card.input, height=80))
    with pytest.raises(BundleCorrupt, match="does not know"):
        AgeAssessor(replace(public, card=card))
