"""What the program says of eight drawn patients is what it said when this was last agreed on.

It guards changes that should change nothing. Where a change is meant, `python -m
tests.golden.remake` writes the values anew, and the diff says what a person now reads.
"""

import json

import numpy as np
import pytest

from face2bone.bundle import Bundle
from tests.golden.comparison import OTHER_CROPS, SAME_CROPS, Tolerance, differences
from tests.golden.frozen import frozen_texts, patients_text
from tests.golden.patients import CASES, drawn_patients, drawn_photo, pixels
from tests.golden.remake import VALUES, kept_photos

CROPS = "crops.json"
FROZEN = sorted(path.name for path in VALUES.glob("*.*"))


def frozen(name: str) -> str:
    return (VALUES / name).read_bytes().decode()


@pytest.fixture(scope="module")
def made(demo_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return frozen_texts(demo_bundle, kept_photos(), tmp_path_factory.mktemp("golden"))


@pytest.fixture(scope="module")
def tolerance(made: dict[str, str]) -> Tolerance:
    """By whether this processor cuts out the faces to the byte as the one that froze them."""
    hashes = [
        [crop["sha256"] for crop in json.loads(text)] for text in (frozen(CROPS), made[CROPS])
    ]
    return SAME_CROPS if hashes[0] == hashes[1] else OTHER_CROPS


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FROZEN if name != CROPS])
def test_nothing_it_says_has_changed(made: dict[str, str], tolerance: Tolerance, name: str) -> None:
    found = differences(frozen(name), made[name], tolerance, printed=name.endswith(".txt"))
    assert not found, "\n".join([f"{len(found)} lines of {name} differ:", *found[:20]])


@pytest.mark.slow
def test_the_same_faces_are_cut_out(made: dict[str, str]) -> None:
    """To within a grey level over each of 256 squares: a shifted crop cannot pass for rounding."""
    was, now = (
        np.array([crop["squares"] for crop in json.loads(text)])
        for text in (frozen(CROPS), made[CROPS])
    )
    assert was.shape == now.shape == (sum(not case.dark for case in CASES), 16, 16)
    assert np.abs(was - now).max() < 1.0


@pytest.mark.slow
def test_everything_it_says_is_frozen(made: dict[str, str]) -> None:
    assert sorted(made) == FROZEN


def test_the_same_patients_are_drawn() -> None:
    now = patients_text(drawn_patients())
    assert differences(frozen("patients.json"), now, SAME_CROPS) == []


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
    assert differences(was, now, SAME_CROPS, printed=printed) == []


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
    assert differences(was, now, SAME_CROPS, printed=printed) != []


def test_another_rounding_may_move_a_count_by_one() -> None:
    assert differences("about 98 of 100", "about 99 of 100", OTHER_CROPS) == []
    assert differences("about 98 of 100", "about 96 of 100", OTHER_CROPS) != []
    assert differences("98 of 100", "98 in 100", OTHER_CROPS) != []
    assert differences("e3b0c44298", "e3b0c44299", OTHER_CROPS) != []
