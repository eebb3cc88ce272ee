"""People whose faces look older or younger than they are: what was planted is in the face."""

from pathlib import Path

import numpy as np
import pytest

from face2bone.cohort.age_manifest import is_age_manifest, read_age_manifest
from face2bone.drawn.face.aged import (
    AGE_LIMITS,
    BANDS,
    GAP_SD,
    aged_face,
    draw_people,
    manifest_table,
    truth_table,
    write_aged,
)
from face2bone.drawn.face.parameters import draw_parameters
from face2bone.drawn.people import stream
from face2bone.drawn.writing import read_plan
from face2bone.patient import Sex


def test_the_distributions_are_those_stated() -> None:
    people = draw_people(3000, 400_001)
    ages = np.array([p.age_years for p in people])
    gaps = np.array([p.gap_years for p in people])
    assert AGE_LIMITS[0] <= ages.min()
    assert ages.max() < AGE_LIMITS[1]
    assert ages.mean() == pytest.approx(61.3, abs=0.8)
    assert gaps.std() == pytest.approx(GAP_SD, rel=0.05)
    assert abs(np.corrcoef(ages, gaps)[0, 1]) < 0.05
    assert np.mean([p.sex is Sex.MALE for p in people]) == pytest.approx(0.5, abs=0.03)


def test_evenly_fills_every_band() -> None:
    people = draw_people(140, 400_002, evenly=True)
    for low, high in BANDS:
        assert sum(low <= p.age_years < high for p in people) == 20


def test_a_person_depends_on_seed_and_number_alone() -> None:
    assert draw_people(5, 400_003)[3] == draw_people(9, 400_003)[3]
    assert draw_people(1, 400_003) != draw_people(1, 400_004)


def test_what_ageing_does_to_a_face_follows_the_apparent_age() -> None:
    people = draw_people(400, 400_005)
    apparent = np.array([p.apparent_years for p in people])
    faces = [aged_face(p) for p in people]
    for values in (
        [f.skin.spots for f in faces],
        [f.ageing.jaw for f in faces],
        [f.ageing.wrinkle for f in faces],
    ):
        assert np.corrcoef(values, apparent)[0, 1] > 0.7


def test_an_apparent_age_changes_no_other_draw() -> None:
    person = draw_people(1, 400_006)[0]
    given = (person.sex, person.age_years, person.adiposity, person.ageing)
    young = draw_parameters(stream(person.seed, 1), *given, 30.0)
    old = draw_parameters(stream(person.seed, 1), *given, 80.0)
    assert young.identity == old.identity
    assert young.light == old.light
    assert young.texture_seed == old.texture_seed
    assert young.skin.melanin == old.skin.melanin
    assert young.skin.spots < old.skin.spots


SEED = 400_931


def test_the_folder_is_a_manifest_of_known_ages(tmp_path: Path) -> None:
    manifest = write_aged(tmp_path / "cohort", 2, SEED, size=64, workers=1)
    assert is_age_manifest(manifest)
    cohort, people = read_age_manifest(manifest), draw_people(2, SEED)
    np.testing.assert_allclose(cohort.table["age_years"], [p.age_years for p in people])
    assert cohort.table["sex"].tolist() == [p.sex.value for p in people]
    assert all(path.is_file() for path in cohort.pictures.photos)
    plan = read_plan(cohort.root)
    assert plan is not None
    assert (plan["world"], plan["seed"], plan["patients"]) == ("planted", SEED, 2)


def test_only_the_truth_knows_the_gap() -> None:
    people = draw_people(3, SEED)
    assert not any("gap" in column for column in manifest_table(people))
    truth = truth_table(people)
    assert truth["gap_years"].tolist() == [p.gap_years for p in people]
    assert truth["patient_id"].tolist() == manifest_table(people)["patient_id"].tolist()
