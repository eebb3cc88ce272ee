"""A drawn survival cohort: people who keep their face in every world, and a folder to read."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.cohort.survival_manifest import read_survival_manifest
from face2bone.drawn.face.followed import (
    FollowedPerson,
    draw_followed,
    manifest_table,
    oracle,
    write_followed,
)
from face2bone.drawn.hazard import SurvivalWorld
from face2bone.drawn.writing import read_plan
from face2bone.errors import ManifestError
from face2bone.survival.concordance import harrell
from face2bone.survival.cox import fit_cox
from face2bone.survival.times import SurvivalTimes

SEED = 400_915


def times(cohort: tuple[FollowedPerson, ...]) -> SurvivalTimes:
    return SurvivalTimes.of([f.time_years for f in cohort], [f.event for f in cohort])


@pytest.fixture(scope="module")
def worlds() -> dict[SurvivalWorld, tuple[FollowedPerson, ...]]:
    return {world: draw_followed(1_200, world, SEED) for world in SurvivalWorld}


def test_a_person_does_not_depend_on_the_others(worlds) -> None:
    assert draw_followed(7, SurvivalWorld.PLANTED, SEED) == worlds[SurvivalWorld.PLANTED][:7]


def test_worlds_share_people_and_differ_in_their_times(worlds) -> None:
    planted, null, censored = worlds.values()
    assert [f.person for f in planted] == [f.person for f in null] == [f.person for f in censored]
    assert (oracle(planted) == oracle(censored)).all()
    assert (oracle(planted) != oracle(null)).any()
    assert times(censored).years.max() <= 2.0
    assert times(censored).events.mean() < 0.5 * times(planted).events.mean()


def test_the_gap_drives_the_hazard_where_it_was_planted(worlds) -> None:
    for world, ratio in ((SurvivalWorld.PLANTED, np.exp(0.6)), (SurvivalWorld.NULL, 1.0)):
        cohort = worlds[world]
        x = [[f.person.gap_years / 10, f.person.age_years / 10] for f in cohort]
        found = fit_cox(x, times(cohort), ["gap", "age"]).hazard_ratio("gap")
        assert found.low <= ratio <= found.high
    planted = worlds[SurvivalWorld.PLANTED]
    assert harrell(oracle(planted), times(planted))[0] > 0.62


def test_the_folder_is_a_survival_manifest_and_is_not_drawn_twice(tmp_path: Path) -> None:
    out = tmp_path / "cohort"
    path = write_followed(out, 3, SurvivalWorld.CENSORED, SEED, size=64, workers=1)
    cohort = read_survival_manifest(path)
    expected = manifest_table(draw_followed(3, SurvivalWorld.CENSORED, SEED))
    assert cohort.table["time_years"].tolist() == expected["time_years"].tolist()
    assert all(photo.is_file() for photo in cohort.pictures.photos)
    plan = read_plan(out)
    assert plan is not None
    assert plan["world"] == "censored"
    assert "T-score" not in (out / "README.txt").read_text("utf-8")
    truth = pd.read_parquet(out / "truth.parquet")
    assert {"gap_years", "log_hazard"} <= set(truth)
    assert not {"gap_years", "log_hazard"} & set(cohort.table)
    before = [photo.stat().st_mtime_ns for photo in cohort.pictures.photos]
    write_followed(out, 3, SurvivalWorld.CENSORED, SEED, size=64, workers=1)
    assert [photo.stat().st_mtime_ns for photo in cohort.pictures.photos] == before
    with pytest.raises(ManifestError, match="holds another drawn cohort"):
        write_followed(out, 3, SurvivalWorld.NULL, SEED, size=64, workers=1)
