"""A drawn cohort of known ages: a folder that is read like a hospital's own."""

from pathlib import Path

import numpy as np

from face2bone.cohort.age_manifest import is_age_manifest, read_age_manifest
from face2bone.drawn.face.aged import draw_people
from face2bone.drawn.face.aged_cohort import manifest_table, truth_table, write_aged
from face2bone.drawn.writing import read_plan

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
