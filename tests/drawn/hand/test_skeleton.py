"""The hand's bones: nineteen tubes in their order, lengths that follow the look."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.hand.look import hand_look
from face2bone.drawn.hand.skeleton import tubes
from face2bone.drawn.hand.values import HAND_VALUES
from face2bone.drawn.worlds import World
from face2bone.modalities.hand.parts import HAND_PARTS

LOOK = hand_look(draw_film_cohort(HAND_VALUES, 1, World.PLANTED, 400_360)[0])


def test_nineteen_tubes_five_of_them_metacarpals() -> None:
    bones = tubes(LOOK)
    assert len(bones) == 19
    assert [t.kind for t in bones].count(0) == 5
    assert [t.last for t in bones].count(True) == 5
    assert {t.part for t in bones} <= {p.id for p in HAND_PARTS}
    assert len({t.part for t in bones}) == 6


def test_each_bone_begins_where_the_one_before_ends() -> None:
    for ray in range(5):
        own = [t for t in tubes(LOOK) if t.ray == ray]
        for bone, following in itertools.pairwise(own):
            assert bone.head == following.base
            assert bone.width > 0.7 * following.width


def test_the_middle_finger_reaches_furthest() -> None:
    tips = {t.ray: t.head[1] for t in tubes(replace(LOOK, lengths=(1.0,) * 5)) if t.last}
    assert min(tips, key=tips.__getitem__) == 2


def test_a_longer_ray_is_longer_bone_by_bone() -> None:
    longer = replace(LOOK, lengths=tuple(1.1 * f for f in LOOK.lengths))
    for bone, grown in zip(tubes(LOOK), tubes(longer), strict=True):
        assert grown.length == pytest.approx(1.1 * bone.length)


def test_spread_turns_the_finger_and_leaves_the_metacarpal() -> None:
    turned = replace(LOOK, spread=tuple(s + 5.0 for s in LOOK.spread))
    for bone, other in zip(tubes(LOOK), tubes(turned), strict=True):
        assert other.length == pytest.approx(bone.length)
        moved = np.hypot(*np.subtract(bone.head, other.head))
        assert (moved < 1e-9) if bone.kind == 0 else (moved > 0.5)
