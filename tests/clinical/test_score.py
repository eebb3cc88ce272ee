"""The score's one phrase: a value with its unit and band, or why there is none."""

from dataclasses import replace

import pytest

from face2bone.clinical.eligibility import blank
from face2bone.clinical.score import Instrument, Score
from face2bone.patient import Patient, Sex

BLANK = blank(Instrument.ORAI, Patient(60, Sex.FEMALE, 160, 60))


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (replace(BLANK, value=20.0), "20 points"),
        (replace(BLANK, value=1.0, band="low risk"), "1 point, low risk"),
        (replace(BLANK, value=-3.0, band="moderate risk"), "-3 points, moderate risk"),
        (
            replace(BLANK, value=4.551261, unit="%", band="within 10 years"),
            "4.6 %, within 10 years",
        ),
        (replace(BLANK, value=69.95, unit="kg"), "69.95 kg"),
        (replace(BLANK, missing=("a", "b")), "needs: a, b"),
        (replace(BLANK, not_applicable="for women only"), "not applicable: for women only"),
    ],
)
def test_words(score: Score, words: str) -> None:
    assert score.words == words
