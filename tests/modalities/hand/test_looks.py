"""What several looks agree on, with detectors that say what they are told."""

import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.hand.looks import (
    FIRST_LOOKS,
    Look,
    agreed_hand,
    look_at,
    photo_like,
)
from face2bone.modalities.hand.points import Points, hand_length
from tests.modalities.hand.conftest import Drawn

FILM = np.linspace(0, 1, 300 * 200, dtype=np.float32).reshape(300, 200)


def test_the_copy_is_a_tinted_picture_of_the_set_size() -> None:
    copy, scale, margin = photo_like(FILM, Look(4, 0.5, 0.1))
    assert copy.dtype == np.uint8
    assert margin == 45
    assert copy.shape == (448 + 90, 299 + 90, 3)
    assert scale == pytest.approx(448 / 300)
    assert (copy[..., 0] >= copy[..., 1]).all()
    assert (copy[..., 1] >= copy[..., 2]).all()


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_contrast_and_level_of_the_film_do_not_change_the_copy(factor: float) -> None:
    look = FIRST_LOOKS[0]
    other = (FILM * factor / 2 + 0.1).astype(np.float32)
    same, changed = photo_like(FILM, look)[0], photo_like(other, look)[0]
    assert np.abs(same.astype(int) - changed.astype(int)).max() <= 3


def test_an_even_film_is_no_error() -> None:
    copy, _, _ = photo_like(np.full((210, 220), 0.5, np.float32), FIRST_LOOKS[0])
    assert np.isfinite(copy).all()


def test_points_come_back_in_film_pixels() -> None:
    look = Look(4, 0.5, 0.1)
    framed = np.array((389, 538))
    places = np.tile((45, 45), (21, 1))  # the film's own first corner in the framed copy
    places[1] = 389 - 45, 538 - 45  # and the last
    (points,) = look_at(lambda copy: [places / framed], FILM, look)
    np.testing.assert_allclose(np.delete(points, 1, axis=0), -0.5, atol=0.02)
    np.testing.assert_allclose(points[1], (199.5, 299.5), atol=0.3)


class Told:
    """A detector that gives one hand after another, of FILM's pixels, as each look sees it."""

    def __init__(self, hands: list[Points | None], width: int) -> None:
        self.hands, self.width, self.calls = hands, width, 0

    def __call__(self, copy: NDArray[np.uint8]) -> list[Points]:
        hand = self.hands[self.calls % len(self.hands)]
        mirrored = self.calls % 2 == 1
        self.calls += 1
        if hand is None:
            return []
        if mirrored:
            hand = np.column_stack((self.width - 1 - hand[:, 0], hand[:, 1]))
        size = np.array(copy.shape[1::-1])
        margin = (max(copy.shape[:2]) - 448) // 2
        scale = (max(size) - 2 * margin) / max(FILM.shape)
        return [((hand + 0.5) * scale + margin) / size]


@pytest.fixture
def hand(drawn: tuple[Drawn, ...]) -> Points:
    return drawn[0].truth / 2


def test_a_hand_seen_the_same_every_time_is_found(hand: Points) -> None:
    found = agreed_hand(Told([hand, hand], FILM.shape[1]), FILM)
    assert found is not None
    assert found.looks == 6
    np.testing.assert_allclose(found.points, hand, atol=0.5)
    assert found.unrest < 0.005


def test_a_hand_seen_twice_is_none(hand: Points) -> None:
    told = Told([hand, hand, *[None] * 10], FILM.shape[1])
    assert agreed_hand(told, FILM) is None
    assert told.calls == 12


def test_hands_that_move_from_look_to_look_are_none(hand: Points) -> None:
    step = 0.1 * hand_length(hand)
    hands: list[Points | None] = [hand + np.array([0, step * n]) for n in range(12)]
    assert agreed_hand(Told(hands, FILM.shape[1]), FILM) is None


def test_looks_of_a_hands_proportions_come_first(hand: Points) -> None:
    """As many agree on a hand with misplaced knuckles as on a good one."""
    bad = hand.copy()
    bad[[5, 9, 13, 17]] += 0.4 * (bad[0] - bad[9])
    found = agreed_hand(Told([bad, bad, bad, hand, hand, hand], FILM.shape[1]), FILM)
    assert found is not None
    assert found.looks == 3
    np.testing.assert_allclose(found.points, hand, atol=0.5)
