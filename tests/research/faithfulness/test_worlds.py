"""research.faithfulness.worlds: the same patients and photos, T-scores the faces do not know."""

import numpy as np
import pandas as pd
import pytest
import yaml

from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.write import manifest_table
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.errors import ManifestError
from research.faithfulness.worlds import write_worlds

PATIENTS = 2_000
SEED = TEST_SEED_RANGE.start + 7_100


def plan(world):
    """The plan of a drawn cohort, as far as nobody here asks which version drew it."""
    versions = dict.fromkeys(("generator_version", "generator_hash", "patient_model_hash"), "0")
    return yaml.safe_dump({"world": world, "seed": SEED, "patients": PATIENTS} | versions)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """A cohort without its photos."""
    folder = tmp_path_factory.mktemp("cohort")
    (folder / "cohort.yaml").write_text(plan("planted"), "utf-8")
    table = manifest_table(draw_cohort(PATIENTS, World.PLANTED, SEED))
    table.to_csv(folder / "manifest.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def tables(cohort):
    return [pd.read_csv(path) for path in (cohort / "manifest.csv", *write_worlds(cohort))]


def test_nothing_but_the_t_score_differs(tables):
    for other in tables[1:]:
        pd.testing.assert_frame_equal(
            tables[0].drop(columns="t_score"), other.drop(columns="t_score")
        )


def test_blank_is_the_blank_world_of_the_cohort(tables):
    planted, blank, _ = tables
    expected = {p.patient_id: p.t_score for p in draw_cohort(PATIENTS, World.BLANK, SEED)}
    assert dict(zip(blank["patient_id"], blank["t_score"], strict=True)) == expected
    assert sorted(blank["t_score"]) == sorted(planted["t_score"])
    assert abs(blank["t_score"].corr(planted["t_score"])) < 0.1


def test_null_keeps_what_age_sex_and_body_mass_say_and_nothing_else(tables):
    """Two T-scores of one patient share their mean: what is left of each is uncorrelated."""
    planted, _, null = tables
    known = np.column_stack(
        [
            np.ones(PATIENTS),
            planted["age_years"],
            planted["sex"] == "F",
            planted["age_years"] * (planted["sex"] == "F"),
            planted["weight_kg"] / (planted["height_cm"] / 100) ** 2,
        ]
    ).astype(float)
    left = []
    for table in (planted, null):
        scores = table["t_score"].to_numpy()
        left.append(scores - known @ np.linalg.lstsq(known, scores, rcond=None)[0])
    assert abs(np.corrcoef(left)[0, 1]) < 0.08
    assert left[1].std() == pytest.approx(left[0].std(), rel=0.06)
    assert null["t_score"].corr(planted["t_score"]) > 0.3
    assert null["t_score"].mean() == pytest.approx(planted["t_score"].mean(), abs=0.1)


def test_anything_but_a_planted_cohort_is_refused(tmp_path, cohort):
    with pytest.raises(ManifestError, match="planted world"):
        write_worlds(tmp_path)
    (tmp_path / "cohort.yaml").write_text(plan("null"), "utf-8")
    with pytest.raises(ManifestError, match="planted world"):
        write_worlds(tmp_path)
