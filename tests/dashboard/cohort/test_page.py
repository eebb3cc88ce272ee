"""The Cohort page in Streamlit's own test runner; the browser's part: tests/browser."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.cohort import jobs
from face2bone.dashboard.cohort.page import duration, told
from face2bone.dashboard.common import sign_in
from face2bone.dashboard.common.language import LANGUAGE
from face2bone.errors import PhotoTooSmall
from face2bone.scoring.job import Standing
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.score_list import listed
from tests.dashboard.acts import place_of
from tests.dashboard.people import as_user, signed_in
from tests.dashboard.visit import until
from tests.scoring.answering import FACTS, Answering, cohort

SECONDS = 120
WHO = "f" * 64


@pytest.fixture(autouse=True)
def this_visitor(
    tiny_model: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    monkeypatch.setattr(jobs, "visitor", lambda: WHO)
    yield
    jobs.end(WHO)


def page() -> AppTest:
    return AppTest.from_file("../../../pages/cohort.py", default_timeout=SECONDS).run()


def scored(tmp_path: Path, count: int) -> jobs.Work:
    work = jobs.Work(*cohort(count), Answering(), tmp_path / "jobs")  # type: ignore[arg-type]
    jobs.begin(WHO, lambda: work)
    assert until(lambda: not work.running)
    return work


def test_it_asks_for_files_and_never_for_a_path() -> None:
    app = page()
    assert not app.exception
    assert not app.text_input
    assert any("Nothing leaves that computer" in caption.value for caption in app.caption)


def test_the_results_of_a_cohort_that_is_done(tmp_path: Path) -> None:
    scored(tmp_path, 10)
    app = page()
    assert not app.exception
    assert [heading.value for heading in app.header] == [
        "Distributions",
        "Scores",
        "Rejected pictures",
    ]
    assert app.success[0].value == "10 of 10 done · 2 rejected"
    scores, rejected = (frame.value for frame in app.dataframe)
    assert len(scores) == 8
    assert list(rejected["Patient"]) == ["004", "009"]
    assert not scores.isna().to_numpy().any()  # no None on the page
    app.text_input(key="cohort_text").set_value("003").run()
    assert list(app.dataframe[0].value["Patient"]) == ["003"]
    app.text_input(key="cohort_text").set_value("nobody").run()
    assert "No picture passes" in app.info[0].value


class TooSmall(Answering):
    def locate(self, data: bytes) -> Any:
        if data == b"none":
            raise PhotoTooSmall(
                "The photo has {width} x {height} pixels, fewer than {least} on a side. "
                "Use the original photo, not a thumbnail.",
                width=60,
                height=40,
                least=128,
            )
        return super().locate(data)


def test_why_a_picture_was_rejected_is_said_in_chinese_and_kept_in_english(tmp_path: Path) -> None:
    work = jobs.Work(*cohort(5), TooSmall(), tmp_path / "jobs")  # type: ignore[arg-type]
    jobs.begin(WHO, lambda: work)
    assert until(lambda: not work.running)
    app = AppTest.from_file("../../../pages/cohort.py", default_timeout=SECONDS)
    app.session_state[LANGUAGE] = "zh"
    app.run()
    assert list(app.dataframe[-1].value.iloc[:, -1]) == [
        "照片为 60 × 40 像素，有一边不足 128 像素。请使用原始照片，而不是缩略图。"
    ]
    (reason,) = (row.reason for row in work.rows() if row.reason)
    assert reason.startswith("The photo has 60 x 40 pixels")


def test_a_paused_cohort_can_be_resumed_and_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = jobs.Work(*cohort(40), Answering(), tmp_path / "jobs")  # type: ignore[arg-type]
    work.pause()
    jobs.begin(WHO, lambda: work)
    app = page()
    assert not app.exception
    app.button(key="cohort_resume").click().run()
    assert until(lambda: work.done)
    app.run()
    app.button(key="cohort_close").click().run()
    assert jobs.work_of(WHO) is None
    assert not app.exception


def test_a_filter_stays_where_it_is_when_the_cohort_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = scored(tmp_path, 10)
    done = place_of(page(), "cohort_text")
    monkeypatch.setattr(jobs.Work, "running", True)  # as while the last pictures are scored
    monkeypatch.setattr(jobs.Work, "done", False)
    some = work.rows()[:8]
    monkeypatch.setattr(jobs.Work, "rows", lambda self: some)
    assert place_of(page(), "cohort_text") == done


def test_what_was_let_go_of_says_what_to_do(tmp_path: Path) -> None:
    work = jobs.Work(*cohort(40), Answering(), tmp_path / "jobs")  # type: ignore[arg-type]
    work.pause()
    work.let_go_of_pictures()
    jobs.begin(WHO, lambda: work)
    app = page()
    if not work.done:
        assert "Give the same files again" in app.info[0].value
        app.button(key="cohort_again").click().run()
        assert jobs.work_of(WHO) is None


def test_words_for_progress() -> None:
    assert told(None) == "Starting"
    assert told(Standing("reading", 3, 9)) == "Reading the pictures: 3 of 9"
    assert told(Standing("scoring", 100, 500, 3, 12.5)) == (
        "100 of 500 done · 3 rejected · 12.5 a second · about 32 s left"
    )
    assert told(Standing("scoring", 500, 500, 3, 12.5)) == "500 of 500 done · 3 rejected"
    assert duration(3 * 3600 + 60) == "3 h 1 min"


def test_a_table_of_few_rows_and_another_study(tmp_path: Path) -> None:
    """One picture, unlike training: every part of the page still draws."""
    files = {"1.jpg": b"one", "t.csv": b"patient_id,photo\n007,1.jpg\n"}
    one = Answering(replace(FACTS, status="research"))
    work = jobs.Work(*listed(GivenPictures(files)), one, tmp_path / "jobs")  # type: ignore[arg-type]
    jobs.begin(WHO, lambda: work)
    assert until(lambda: not work.running)
    app = page()
    assert not app.exception
    assert list(app.dataframe[0].value["Patient"]) == ["007"]


def test_files_given_in_the_browser_are_checked(tmp_path: Path) -> None:
    from face2bone.dashboard.cohort.intake import read_files
    from face2bone.errors import ScoringError

    table = pd.DataFrame({"patient_id": ["A"], "photo": ["p/1.jpg"]}).to_csv(index=False)
    found, _ = read_files({"list.csv": table.encode(), "1.jpg": b"one"}, 2)
    assert found.names == ("1.jpg",)
    with pytest.raises(ScoringError, match="same name"):
        read_files({"1.jpg": b"one"}, 2)
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.jpg", b"one")
    assert read_files({"a.zip": packed.getvalue()}, 1)[0].names == ("1.jpg",)


@pytest.mark.parametrize("is_over", [False, True])
def test_explaining_is_stopped_by_who_is_still_signed_in(tmp_path: Path, is_over: bool) -> None:
    stopped = []
    work = scored(tmp_path, 3)
    work.explaining = SimpleNamespace(  # type: ignore[assignment]
        over=False,
        stopped=False,
        before=None,
        progress=("Explaining", 0.5),
        stop=lambda: stopped.append("stopped"),
    )
    app = AppTest.from_file("../../../pages/cohort.py", default_timeout=SECONDS)
    app.user = signed_in("Wu", "researcher")
    app.session_state[sign_in.OWNER] = as_user(app.user).id
    app.run()
    if is_over:
        sign_in.LAST_USE.end(as_user(app.user))
    app.button(key="cohort_stop_explaining").click().run()
    assert stopped == ([] if is_over else ["stopped"])


def test_a_cohort_whose_pictures_are_kept_is_offered_to_be_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(jobs.Work, "explain", lambda self: asked.append(self))
    work = jobs.Work(*cohort(3), Answering(), tmp_path / "jobs", kept=True)  # type: ignore[arg-type]
    jobs.begin(WHO, lambda: work)
    assert until(lambda: not work.running)
    app = page()
    app.button(key="cohort_explain").click().run()
    assert asked == [work]
    assert not app.exception
