"""Moments are stored in UTC and read as days of the place; nothing else asks what time it is."""

import ast
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from face2bone import clock

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    *(ROOT / "face2bone").rglob("*.py"),
    *(ROOT / "pages").rglob("*.py"),
    ROOT / "streamlit_app.py",
]
ASKS = {"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp", "localtime", "gmtime"}
KNOWS = {"datetime", "date", "time", "dt"}

EVENING = datetime(2026, 11, 27, 20, 30, tzinfo=UTC)  # next morning in Auckland


def asked(source: str) -> Iterator[int]:
    """Lines on which the computer is asked what time it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name in KNOWS and (node.attr in ASKS or (name, node.attr) == ("time", "time")):
                yield node.lineno


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = {str(p.relative_to(ROOT)) for p in SOURCES if list(asked(p.read_text("utf-8")))}
    assert found == {"face2bone/clock.py"}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("datetime.now(UTC)", [1]),
        ("import datetime\ndatetime.datetime.utcnow()", [2]),
        ("date.today", [1]),
        ("time.time()", [1]),
        ("time.monotonic()", []),
        ("clock.now()", []),
    ],
)
def test_the_rule_itself(source: str, lines: list[int]) -> None:
    assert list(asked(source)) == lines


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.mark.parametrize(
    ("zone", "day", "words", "offset"),
    [
        ("Pacific/Auckland", date(2026, 11, 28), "2026-11-28 09:30", "+13:00"),
        ("America/Los_Angeles", date(2026, 11, 27), "2026-11-27 12:30", "-08:00"),
        ("UTC", date(2026, 11, 27), "2026-11-27 20:30", "+00:00"),
    ],
)
def test_a_day_is_the_day_of_the_place(
    in_zone: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    day: date,
    words: str,
    offset: str,
) -> None:
    in_zone(zone)
    at(monkeypatch, EVENING)
    assert clock.today() == day
    assert clock.in_words(EVENING) == words
    assert clock.local(EVENING) == EVENING
    assert clock.local(EVENING).isoformat().endswith(offset)


def test_summer_time_is_that_of_the_moment(in_zone: Callable[[str], None]) -> None:
    in_zone("America/Los_Angeles")
    assert clock.in_words(datetime(2026, 7, 1, 6, 59, tzinfo=UTC)) == "2026-06-30 23:59"
    assert clock.in_words(datetime(2026, 12, 1, 7, 59, tzinfo=UTC)) == "2026-11-30 23:59"


def test_now_is_in_utc_wherever_one_is(in_zone: Callable[[str], None]) -> None:
    in_zone("Pacific/Auckland")
    assert clock.now().tzinfo is UTC


def test_a_moment_of_nobody_knows_where_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        clock.local(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [
        ("Pacific/Auckland", "2026-11-28", "+13:00"),
        ("America/Los_Angeles", "2026-11-27", "-08:00"),
    ],
)
def test_every_report_says_the_day_of_the_place(
    in_zone: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    assessed_json: Path,
    zone: str,
    day: str,
    offset: str,
) -> None:
    """As the command writes them: the page of the PDF, the FHIR bundle and the DICOM object."""
    import pydicom
    from typer.testing import CliRunner

    from face2bone.cli import app
    from face2bone.report.assessment.document import read_document
    from face2bone.report.assessment.page import Heading, page_of

    in_zone(zone)
    at(monkeypatch, EVENING)
    forms = ["--form", "fhir", "--form", "dicom"]
    result = CliRunner().invoke(app, ["report", str(assessed_json), "--out", str(tmp_path), *forms])
    assert result.exit_code == 0, result.output
    bundle = json.loads((tmp_path / "report.fhir.json").read_text("utf-8"))
    moments = [bundle["timestamp"], bundle["entry"][0]["resource"]["issued"]]
    assert all(moment.startswith(day) and moment.endswith(offset) for moment in moments)
    dicom = pydicom.dcmread(tmp_path / "report.dcm")
    assert dicom.StudyDate == day.replace("-", "")
    assert dicom.TimezoneOffsetFromUTC == offset.replace(":", "")
    heading = Heading("P-1", clock.local(clock.now()))
    page = page_of(read_document(assessed_json.read_bytes()), heading)
    assert dict(page["patient"])["Report made"].startswith(day)


@pytest.fixture
def assessed_json(tmp_path: Path) -> Path:
    """An assessment on the disk, put together by hand."""
    from face2bone.report.assessment.assessment_json import document
    from tests.report.conftest import Case, example

    path = tmp_path / "assessment.json"
    path.write_text(document(example(Case())).model_dump_json(), "utf-8")
    return path


@pytest.mark.parametrize("seconds", [1e300, float("nan"), float("inf")])
def test_a_moment_out_of_range_is_none(seconds: float) -> None:
    assert clock.of_seconds(0).isoformat() == "1970-01-01T00:00:00+00:00"
    with pytest.raises(ValueError, match=r"out of range|NaN|integer"):
        clock.of_seconds(seconds)
