"""The proof's parts that need no drawing: the labels of the three worlds, the table, resuming."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from face2bone.drawn.face.oracle import ageing_array
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.people import T_SCORE_SD, TEST_SEED_RANGE, clinical_arrays, t_score_mean
from face2bone.drawn.worlds import World
from research import added_value_worlds as module
from research.added_value_worlds import Proof, Row, as_table, relabelled

SEED = TEST_SEED_RANGE.start + 34_000
N = 1_500

Patients = tuple[DrawnPatient, ...]


@pytest.fixture(scope="module")
def planted() -> Patients:
    return draw_cohort(N, World.PLANTED, SEED)


def residuals(patients: Patients) -> np.ndarray:
    """T-score beyond age, sex and BMI, in SDs."""
    t = np.array([p.t_score for p in patients])
    return (t - t_score_mean(*clinical_arrays(patients))) / T_SCORE_SD


def link(patients: Patients) -> float:
    """Correlation of the orbit's ageing with T beyond age, sex and BMI."""
    return abs(float(np.corrcoef(ageing_array(patients)[:, 0], residuals(patients))[0, 1]))


def test_new_labels_have_the_null_worlds_law(planted: Patients) -> None:
    """Against the generator's own null world: residuals alike, and no link to the face."""
    ours, theirs = relabelled(planted, World.NULL, SEED), draw_cohort(N, World.NULL, SEED + 1)
    assert stats.ks_2samp(residuals(ours), residuals(theirs)).pvalue > 0.01
    assert stats.kstest(residuals(ours), "norm").pvalue > 0.01
    limit = 3.3 / np.sqrt(N)
    assert link(ours) < limit
    assert link(theirs) < limit
    assert link(planted) > 0.4
    assert [p.ageing for p in ours] == [p.ageing for p in planted]


def test_blank_labels_are_the_same_ones_elsewhere(planted: Patients) -> None:
    blank = relabelled(planted, World.BLANK, SEED)
    assert sorted(p.t_score for p in blank) == sorted(p.t_score for p in planted)
    assert sum(a.t_score == b.t_score for a, b in zip(blank, planted, strict=True)) < 0.2 * N


def test_planted_labels_stay(planted: Patients) -> None:
    assert relabelled(planted, World.PLANTED, SEED) is planted


def test_new_labels_are_the_same_every_time(planted: Patients) -> None:
    assert relabelled(planted, World.NULL, SEED) == relabelled(planted, World.NULL, SEED)
    assert relabelled(planted, World.NULL, SEED) != relabelled(planted, World.NULL, SEED + 1)


def row(world: str, found: bool, area: float) -> Row:
    return Row("identity", world, SEED, 0.01, 3.0, 0.001, found, 0.5, area, 0.5, 0.1)


def test_the_table_counts_what_was_found() -> None:
    proof = Proof((row("planted", True, 0.8), row("blank", False, 0.55)), {"fitting": 1.0})
    assert proof.found("identity", World.PLANTED) == 1
    assert not proof.rows[0].at_chance
    assert proof.rows[1].at_chance
    table = as_table(proof)
    assert "| identity | planted | 1 | 1 | 3.0 to 3.0 | 0.0100 | 0.500, 0.800, 0.500 | 0 |" in table
    assert "null" not in table


def test_rows_of_a_stopped_run_are_taken_over(tmp_path: Path) -> None:
    known = row("null", False, 0.5)
    (tmp_path / "results.json").write_text(json.dumps({"rows": [asdict(known)], "minutes": {}}))
    assert module._known(tmp_path / "results.json") == {("identity", "null", SEED): known}
    assert module._known(tmp_path / "none.json") == {}
