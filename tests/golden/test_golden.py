"""What the program says of eight drawn patients is what it said when this was last agreed on.

It guards changes that should change nothing. Where a change is meant, `python -m
tests.golden.remake` writes the values anew, and the diff says what a person now reads.
"""

import numpy as np
import pytest

from face2bone.bundle import Bundle
from tests.golden.comparison import differences
from tests.golden.frozen import frozen_texts, patients_text
from tests.golden.patients import CASES, drawn_patients, drawn_photo, pixels
from tests.golden.remake import VALUES, kept_photos

FROZEN = sorted(path.name for path in VALUES.glob("*.*"))


@pytest.fixture(scope="module")
def made(demo_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return frozen_texts(demo_bundle, kept_photos(), tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("name", FROZEN)
def test_nothing_it_says_has_changed(made: dict[str, str], name: str) -> None:
    frozen = (VALUES / name).read_bytes().decode()
    found = differences(frozen, made[name], printed=name.endswith(".txt"))
    assert not found, "\n".join([f"{len(found)} lines of {name} differ:", *found[:20]])


def test_everything_it_says_is_frozen(made: dict[str, str]) -> None:
    assert sorted(made) == FROZEN


def test_the_same_patients_are_drawn() -> None:
    frozen = (VALUES / "patients.json").read_text("utf-8")
    assert differences(frozen, patients_text(drawn_patients())) == []


@pytest.mark.parametrize("index", range(len(CASES)))
def test_the_same_faces_are_drawn(index: int) -> None:
    """But for the rounding of another processor, which JPEG spreads over a few blocks."""
    drawn = pixels(drawn_photo(drawn_patients()[index], CASES[index])).astype(int)
    apart = np.abs(drawn - pixels(kept_photos()[index]))
    assert (apart > 2).mean() < 0.01


@pytest.mark.parametrize(
    ("was", "now", "printed"),
    [
        ('"logit": 3.141592', '"logit": 3.141901', False),
        ("[0.5, -0.25, 1e-05]", "[0.5003, -0.2503, 0.0]", False),
        ("75.4% of 100", "75.3% of 100", True),
    ],
)
def test_the_last_digits_may_differ(was: str, now: str, printed: bool) -> None:
    assert differences(was, now, printed=printed) == []


@pytest.mark.parametrize(
    ("was", "now", "printed"),
    [
        ('"logit": 3.141592', '"logit": 3.151592', False),
        ('"logit": 3.141592', '"logits": 3.141592', False),
        ('"value": 0.000412', '"value": -0.250412', False),
        ("75.4% of 100", "75.3% of 100", False),
        ("75.4% of 100", "75.2% of 100", True),
        ("75.4% of 100", "75.4% of 101", True),
        ("face2bone 1.0.0", "face2bone 1.0.1", True),
        ("0.5, 0.5", "0.5", False),
        ("a\nb", "a", False),
        ("2026-11-21", "2026-11-22", True),
    ],
)
def test_anything_else_may_not(was: str, now: str, printed: bool) -> None:
    assert differences(was, now, printed=printed) != []
