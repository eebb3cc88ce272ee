"""Progress: stages, units and fractions reach the one who watches as what they are."""

import pytest

from face2bone.progress import Progress, counted, part, silent

Call = tuple[str, float, float, str]


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def watching(calls: list[Call]) -> Progress:
    def watch(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        calls.append((stage, done, total, note))

    return watch


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    silent("training", 1, 2, "note")
    assert tuple(capsys.readouterr()) == ("", "")


def test_units_of_a_stage(watching: Progress, calls: list[Call]) -> None:
    count = counted(watching, "aligning")
    count(3, 9)
    count(9, 9)
    assert calls == [("aligning", 3, 9, ""), ("aligning", 9, 9, "")]


def test_equal_parts_fill_a_stage_in_order(watching: Progress, calls: list[Call]) -> None:
    for index in range(4):
        for fraction in (0.5, 1.0):
            part(watching, "regions", index, 4)(fraction)
    assert [done for _, done, _, _ in calls] == [i / 8 for i in range(1, 9)]
    assert {(stage, total) for stage, _, total, _ in calls} == {("regions", 1)}


def test_a_stage_of_one_part_is_its_fraction(watching: Progress, calls: list[Call]) -> None:
    part(watching, "map")(0.25)
    assert calls == [("map", 0.25, 1, "")]


def test_what_is_raised_goes_through() -> None:
    def stop(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counted(stop, "aligning")(1, 2)
    with pytest.raises(KeyboardInterrupt):
        part(stop, "regions")(0.5)
