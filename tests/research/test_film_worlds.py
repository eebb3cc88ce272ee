"""What a row says of made-up predictions whose worth is known; and one prove without training."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from face2bone.arrays import Floats
from face2bone.bone import BoneClass
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort, film_oracle
from face2bone.drawn.knee import KNEE
from face2bone.drawn.odds import clinical_probabilities
from face2bone.drawn.people import clinical_arrays
from face2bone.drawn.worlds import World
from face2bone.settings import shipped_models
from research.film_worlds import RESULTS, TABLE, Row, as_table, prove, row_of

SEED = 450_700
PATIENTS = 500


def drawn(world: World) -> tuple[FilmPatient, ...]:
    return draw_film_cohort(KNEE.model, PATIENTS, world, SEED)


def predictions(patients: tuple[FilmPatient, ...], probabilities: Floats) -> pd.DataFrame:
    """In another order than the patients, as a table of visits may be, and without two of them."""
    columns = {f"p_{one.label}": probabilities[:, one] for one in BoneClass}
    table = pd.DataFrame({"patient_id": [one.patient_id for one in patients], **columns})
    return table.sample(frac=1.0, random_state=0).iloc[:-2]


def row(patients: tuple[FilmPatient, ...], probabilities: Floats, world: World) -> Row:
    return row_of(predictions(patients, probabilities), patients, "bone_net", world, 1_000)


def knowing(patients: tuple[FilmPatient, ...]) -> Floats:
    """Of somebody who knows each T-score, roughly."""
    t = np.array([one.t_score for one in patients])
    lost = 1.0 / (1.0 + np.exp(2.0 * (t + 2.5)))
    return np.column_stack([(1.0 - lost) / 2, (1.0 - lost) / 2, lost])


def test_who_reads_the_planted_values_knows_more_than_age_sex_and_body_mass() -> None:
    patients = drawn(World.PLANTED)
    found = row(patients, film_oracle(KNEE.model, patients, World.PLANTED), World.PLANTED)
    assert found.as_it_should
    assert found.tested == PATIENTS - 2
    assert found.network[0] == pytest.approx(found.oracle)
    assert found.gain[0] == pytest.approx(found.network[0] - found.without[0])


def test_the_areas_are_those_of_scikit_learn() -> None:
    patients = drawn(World.PLANTED)
    found = row(patients, knowing(patients), World.PLANTED)
    kept = predictions(patients, knowing(patients))
    by_id = {one.patient_id: one for one in patients}
    tested = [by_id[name] for name in kept["patient_id"]]
    positive = [one.bone_class is BoneClass.OSTEOPOROSIS for one in tested]
    clinical = clinical_probabilities(*clinical_arrays(tested))[:, BoneClass.OSTEOPOROSIS]
    assert found.network[0] == pytest.approx(
        roc_auc_score(positive, kept["p_osteoporosis"]), abs=1e-6
    )
    assert found.without[0] == pytest.approx(roc_auc_score(positive, clinical), abs=1e-6)


def test_age_sex_and_body_mass_are_all_that_there_is_in_the_null_world() -> None:
    patients = drawn(World.NULL)
    as_good = row(patients, clinical_probabilities(*clinical_arrays(patients)), World.NULL)
    assert as_good.gain == (0.0, 0.0, 0.0)
    assert as_good.as_it_should
    assert not row(patients, knowing(patients), World.NULL).as_it_should


def test_nobody_knows_anything_in_the_blank_world() -> None:
    patients = drawn(World.BLANK)
    chance = np.random.default_rng(0).dirichlet([1.0, 1.0, 1.0], PATIENTS)
    found = row(patients, chance, World.BLANK)
    assert found.as_it_should
    assert found.oracle == 0.5
    assert not row(patients, knowing(patients), World.BLANK).as_it_should


def test_the_table_has_a_row_a_world() -> None:
    areas = (0.83, 0.79, 0.87), (0.84, 0.8, 0.88), (-0.01, -0.02, 0.0)
    one = Row("bone_net", "null", 1_000, 390, *areas, 0.84)
    table = as_table((one, replace(one, world="blank")))
    assert "| bone_net | null | 1000 | 390 | 0.830 (0.790 to 0.870) |" in table
    assert "| -0.010 (-0.020 to 0.000) | 0.840 | yes |" in table
    assert table.count("\n") == 3
    assert table.endswith("| no |")  # 0.83 is no chance


@pytest.mark.slow
def test_a_run_that_was_finished_is_gone_on_with(tmp_path: Path) -> None:
    shutil.copytree(shipped_models() / "knee-demo", tmp_path / "bone_net-planted/run/bundle")
    (tmp_path / "bone_net-planted/cohort").mkdir()
    (tmp_path / "bone_net-planted/cohort/manifest.csv").write_text("not read again")
    first = prove(tmp_path, "bone_net", World.PLANTED, 1_000, 100_500, tested=25)
    again = prove(tmp_path, "bone_net", World.PLANTED, 1_000, 100_500, tested=25)
    assert again == first
    assert len(json.loads((tmp_path / RESULTS).read_text())) == 1
    assert "| bone_net | planted | 1000 |" in (tmp_path / TABLE).read_text()
