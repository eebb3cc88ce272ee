"""A written cohort of films: readable by the manifest's rules, marked, with its truth apart."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from PIL import Image

from face2bone.cohort.manifest import read_manifest
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.film.write import film_bytes, film_name, write_film_cohort
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import read_plan
from face2bone.errors import ManifestError

SEED, N = 400_601, 3


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("films") / "cohort"
    return write_film_cohort(KNEE, "bone_net", out, N, World.PLANTED, SEED, workers=1)


def test_the_manifest_keeps_its_own_rules_and_names_side_and_study(written: Path) -> None:
    cohort = read_manifest(written)
    patients = draw_film_cohort(KNEE.model, N, World.PLANTED, SEED)
    assert cohort.study == "bone_net"
    assert list(cohort.table["laterality"]) == [p.side for p in patients]
    assert list(cohort.table["t_score"]) == [p.t_score for p in patients]
    assert list(cohort.labels) == [int(p.bone_class) for p in patients]


def test_every_film_says_that_it_is_drawn_and_is_the_patients(written: Path) -> None:
    for patient in draw_film_cohort(KNEE.model, N, World.PLANTED, SEED):
        path = written.parent / film_name(patient)
        assert path.read_bytes() == film_bytes(patient, KNEE)
        with Image.open(path) as film:
            assert (film.mode, film.info["Description"]) == ("L", "drawn film")


def test_the_plan_and_the_notice_say_what_was_drawn(written: Path) -> None:
    plan = read_plan(written.parent)
    assert plan == yaml.safe_load((written.parent / "cohort.yaml").read_text())
    assert plan is not None
    assert (plan["film"], plan["world"], plan["generator_version"]) == (
        *("knee", "planted"),
        KNEE.version,
    )
    notice = (written.parent / "README.txt").read_text()
    assert "Films of a knee, measurements and T-scores were drawn" in notice


def test_the_truth_is_kept_apart(written: Path) -> None:
    truth = pd.read_parquet(written.parent / "truth.parquet")
    patients = draw_film_cohort(KNEE.model, N, World.PLANTED, SEED)
    assert [tuple(row) for row in truth[list(KNEE.model.names)].to_numpy()] == [
        p.values for p in patients
    ]
    assert not set(truth) & set(read_manifest(written).table) - {"patient_id"}


def test_a_folder_with_another_cohort_is_refused(written: Path) -> None:
    with pytest.raises(ManifestError, match="another drawn cohort"):
        write_film_cohort(KNEE, "bone_net", written.parent, N, World.NULL, SEED, workers=1)
