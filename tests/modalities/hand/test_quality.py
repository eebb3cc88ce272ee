"""The verdict on a film of a hand, by changed films and what their files say."""

import numpy as np
import pytest

from face2bone.errors import SubjectNotFound
from face2bone.modalities.hand.finding import Hand, find_hand
from face2bone.modalities.hand.locator import HandLocator
from face2bone.modalities.hand.looks import Agreed, Film
from face2bone.modalities.hand.points import Points
from face2bone.modalities.hand.quality import judge_hand
from face2bone.modalities.radiograph import BodyPart, Laterality, Polarity, View
from tests.modalities.hand.conftest import Drawn, film_of


def judged(one: Drawn, points: Points | None = None, unrest: float = 0.01, **said: object) -> Hand:
    """The drawn hand judged again with other points, other unrest, or another word of its file."""
    hand = one.hand
    found = Agreed(hand.points if points is None else points, unrest, hand.looks)
    film = film_of(one.film.grey, **said)
    verdict = judge_hand(film, found, hand.aligned, hand.side)
    return Hand(found.points, hand.side, found.unrest, found.looks, verdict, hand.aligned)


class Placed:
    """A locator that is told where the hand is."""

    def __init__(self, points: Points) -> None:
        self.points = points

    def locate(self, film: Film) -> Agreed:
        return Agreed(self.points, 0.01, 6)


def test_a_plain_drawn_hand_is_accepted(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        assert one.hand.quality.status != "reject"
        assert all("OK" in c.reason for c in one.hand.quality.checks if c.status == "accept")


def test_the_side_is_the_patients(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        assert one.hand.side is Laterality({"left": "L", "right": "R"}[one.patient.side])


def test_the_files_side_is_compared(drawn: tuple[Drawn, ...]) -> None:
    one = drawn[0]
    other = Laterality.RIGHT if one.hand.side is Laterality.LEFT else Laterality.LEFT
    assert judged(one, laterality=one.hand.side).quality.status == "accept"
    verdict = judged(one, laterality=other).quality
    assert verdict.status == "warn"
    assert "Check the side" in verdict.reasons[0]


def test_misplaced_knuckles_are_refused(drawn: tuple[Drawn, ...]) -> None:
    points = drawn[0].hand.points.copy()
    points[[5, 9, 13, 17]] += 0.4 * (points[0] - points[9])
    verdict = judged(drawn[0], points).quality
    assert verdict.status == "reject"
    assert "knuckles were probably misplaced" in verdict.reasons[0]


def test_points_that_move_are_told(drawn: tuple[Drawn, ...]) -> None:
    assert judged(drawn[0], unrest=0.028).quality.status == "warn"


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"view": View.LEFT_LATERAL}, "reject", "Use a PA film"),
        ({"view": View.PA}, "accept", ""),
        ({"polarity": Polarity.UNSURE}, "warn", "not inverted"),
    ],
)
def test_what_the_file_says(
    said: dict[str, object], status: str, words: str, drawn: tuple[Drawn, ...]
) -> None:
    verdict = judged(drawn[0], **said).quality
    assert verdict.status == status
    assert words in " ".join(verdict.reasons)


def test_a_film_cut_to_black_is_refused(drawn: tuple[Drawn, ...]) -> None:
    one = drawn[0]
    dark = np.clip(one.film.grey - 0.25, 0, 1).astype(np.float32)
    again = find_hand(film_of(dark), Placed(one.hand.points))  # type: ignore[arg-type]
    assert again.quality.status == "reject"
    assert "flesh cannot be seen" in " ".join(again.quality.reasons)


def test_half_a_hand_is_refused(drawn: tuple[Drawn, ...]) -> None:
    one = drawn[0]
    half = np.ascontiguousarray(one.film.grey[: one.film.grey.shape[0] // 2])
    again = find_hand(film_of(half), Placed(one.hand.points))  # type: ignore[arg-type]
    assert again.quality.status == "reject"
    assert "beyond the film's edge" in " ".join(again.quality.reasons)


def test_a_small_hand_is_refused(drawn: tuple[Drawn, ...]) -> None:
    one = drawn[0]
    small = np.ascontiguousarray(one.film.grey[::4, ::4])
    again = find_hand(film_of(small), Placed(one.hand.points / 4))  # type: ignore[arg-type]
    assert "full resolution" in " ".join(again.quality.reasons)


def test_a_film_that_says_knee_is_none(drawn: tuple[Drawn, ...], locator: HandLocator) -> None:
    with pytest.raises(SubjectNotFound, match="shows a knee"):
        find_hand(film_of(drawn[0].film.grey, body_part=BodyPart.KNEE), locator)


def test_a_film_without_a_hand_is_refused_in_words(locator: HandLocator) -> None:
    with pytest.raises(SubjectNotFound, match=r"No hand was found.*PA film"):
        find_hand(film_of(np.zeros((300, 240), np.float32)), locator)
