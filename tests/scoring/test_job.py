"""Every picture once, in order, however often the work is stopped."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.errors import ScoringError
from face2bone.scoring.job import SCORING, Standing, prepared, run
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.score_list import list_of_pictures
from tests.scoring.answering import Answering, cohort, expected


class _Stop(Exception):
    pass


def silent(_: Standing) -> None:
    pass


def stopping(at: int) -> Any:
    def told(progress: Standing) -> None:
        if progress.step == SCORING and progress.done >= at:
            raise _Stop

    return told


def test_every_picture_gets_its_own_result(tmp_path: Path, answering: Any) -> None:
    scored, pictures = cohort(12)
    rows = run(prepared(scored, pictures, answering, silent), tmp_path, silent)
    assert [row.position for row in rows] == list(range(12))
    for name, row in zip(scored.names, rows, strict=True):
        data = pictures.read(name)
        assert row.photo_sha256 == hashlib.sha256(data).hexdigest()
        if data == b"none":
            assert (row.outcome, row.reason) == (
                "rejected",
                "No face was found. Take the photo again.",
            )
        else:
            np.testing.assert_array_equal(row.probabilities, expected(data))


@settings(max_examples=20)
@given(stops=st.lists(st.integers(0, 15), max_size=6))
def test_stopped_anywhere_nothing_is_lost_or_done_twice(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int]
) -> None:
    scored, pictures = cohort(15)
    folder, assessor = tmp_path_factory.mktemp("job"), Answering()
    job: Any = prepared(scored, pictures, assessor, silent)  # type: ignore[arg-type]
    for at in stops:
        with suppress(_Stop):
            run(job, folder, stopping(at))
    rows = run(job, folder, silent)
    assert [row.position for row in rows] == list(range(15))
    assert assessor.looked_at == 15


def test_a_job_is_its_list_its_pictures_and_its_model(answering: Any, another_model: Any) -> None:
    scored, pictures = cohort(3)
    this = prepared(scored, pictures, answering, silent).identity
    assert prepared(*cohort(3), answering, silent).identity == this
    assert prepared(scored, pictures, another_model, silent).identity != this
    changed = GivenPictures({**pictures.files, "001.jpg": b"another"})
    assert prepared(scored, changed, answering, silent).identity != this
    assert prepared(*cohort(4), answering, silent).identity != this


def test_a_picture_that_changes_under_the_work_ends_it(tmp_path: Path, answering: Any) -> None:
    files = {"1.jpg": b"one", "2.jpg": b"two"}
    job = prepared(list_of_pictures(sorted(files)), GivenPictures(files), answering, silent)
    for data in (b"another", b"none"):
        files["2.jpg"] = data
        with pytest.raises(ScoringError, match=r"'2.jpg' was changed"):
            run(job, tmp_path, silent)


def test_progress_counts_what_was_done_before(tmp_path: Path, answering: Any) -> None:
    job = prepared(*cohort(10), answering, silent)
    with pytest.raises(_Stop):
        run(job, tmp_path, stopping(6))
    told: list[Standing] = []
    run(job, tmp_path, told.append)
    assert (told[0].done, told[0].total, told[0].rejected, told[0].rate) == (6, 10, 1, None)
    assert told[0].seconds_left is None
    assert (told[-1].done, told[-1].fraction, told[-1].rejected) == (10, 1.0, 2)
    assert told[-1].seconds_left == 0
