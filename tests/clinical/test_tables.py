"""The instruments' data file: complete, sourced, in order; a broken one is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from face2bone.clinical.score import Instrument
from face2bone.clinical.tables import Cutoff, Tables, load_tables


def data() -> dict[str, Any]:
    return load_tables().model_dump(mode="json")


def test_every_instrument_is_there_with_a_source() -> None:
    tables = load_tables()
    assert set(tables.instruments) == set(Instrument)
    assert {spec.source for spec in tables.instruments.values()} == set(tables.sources)
    assert all(spec.population.words for spec in tables.instruments.values())


def test_only_abone_is_unverified() -> None:
    unverified = [key for key, source in load_tables().sources.items() if not source.verified]
    assert unverified == ["abone"]


def test_no_title_or_note_names_a_drug() -> None:
    words = str(data()).lower()
    for forbidden in ("bisphosphonate", "alendron", "denosumab", "prescribe "):
        assert forbidden not in words


def test_a_missing_instrument_is_refused() -> None:
    broken = data()
    del broken["instruments"]["orai"]
    with pytest.raises(ValidationError, match="instruments without figures: orai"):
        Tables.model_validate(broken)


def test_an_unknown_source_is_refused() -> None:
    broken = data()
    broken["instruments"]["orai"]["source"] = "hearsay"
    with pytest.raises(ValidationError, match="unknown sources: hearsay"):
        Tables.model_validate(broken)


@pytest.mark.parametrize("table", ["steps", "bands"])
def test_limits_that_do_not_rise_are_refused(table: str) -> None:
    broken = data()
    spec = broken["instruments"]["orai" if table == "steps" else "ost_women"]
    (spec["steps"]["age"] if table == "steps" else spec["bands"]).reverse()
    with pytest.raises(ValidationError, match="do not rise"):
        Tables.model_validate(broken)


def test_an_unknown_key_is_refused() -> None:
    broken = data()
    broken["instruments"]["orai"]["cut_off"] = 9
    with pytest.raises(ValidationError, match="cut_off"):
        Tables.model_validate(broken)


@pytest.mark.parametrize(
    ("refers", "past"),
    [
        ("below", [True, False, False]),
        ("at_or_below", [True, True, False]),
        ("at_or_above", [False, True, True]),
    ],
)
def test_cutoff_sides(refers: Any, past: list[bool]) -> None:
    cutoff = Cutoff(refers=refers, value=2, words="at two")
    assert [cutoff.past(value) for value in (1, 2, 3)] == past


def test_steps_and_bands_start_at_their_limits() -> None:
    orai = load_tables().instruments[Instrument.ORAI]
    assert [orai.step("age", age) for age in (44, 45, 54.9, 55, 75)] == [0, 0, 0, 5, 15]
    ost = load_tables().instruments[Instrument.OST_WOMEN]
    assert [ost.band(v) for v in (-101, -4, -3, 1, 2)] == [
        *("", "high risk", "moderate risk", "moderate risk", "low risk"),
    ]
