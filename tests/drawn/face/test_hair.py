"""Where hair grows, how far it stands out, and strands that run along their flow."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, Hair, HairStyle
from face2bone.drawn.face.hair import (
    FLOW_NAMES,
    FLOW_OF_STYLE,
    LONG_STYLES,
    SHAPE,
    clumps,
    grow_hair,
    hairline_noise,
    strands,
)

Person = Callable[[int], FaceParameters]


@pytest.fixture(scope="module")
def hair(drawn_person: Person) -> Hair:
    return replace(drawn_person(41).hair, style=HairStyle.BACK, recession=0.0, line=0.0)


def covered(hair: Hair, y: float) -> float:
    """Share of the forehead at height y (mm), within 25 mm of the midline, that has hair."""
    a = atlas()
    strip = (np.abs(a.y - y) < 2) & (np.abs(a.x) < 25) & (a.front > 0.3)
    return float(grow_hair(hair).cover[strip].mean())


def test_every_style_has_a_flow() -> None:
    assert set(FLOW_OF_STYLE) == set(HairStyle)
    assert set(FLOW_OF_STYLE.values()) <= set(FLOW_NAMES)
    assert set(LONG_STYLES) < set(HairStyle)


def test_hair_grows_above_the_hairline_only(hair: Hair) -> None:
    assert covered(hair, -85) > 0.9
    assert covered(hair, -50) < 0.05
    scalp = grow_hair(hair)
    face = (np.abs(atlas().x) < 45) & (np.abs(atlas().y) < 40)
    assert scalp.cover[face].max() < 0.05


def test_a_receding_hairline_bares_the_corners_of_the_forehead(hair: Hair) -> None:
    a = atlas()
    corner = (np.abs(np.abs(a.x) - 42) < 5) & (np.abs(a.y + 66) < 4)
    full = grow_hair(hair).cover[corner].mean()
    receded = grow_hair(replace(hair, recession=1.5)).cover[corner].mean()
    assert full > receded + 0.3


def test_a_bald_head_is_bare_on_top(hair: Hair) -> None:
    assert covered(replace(hair, style=HairStyle.BALD), -85) < 0.05


def test_more_volume_stands_out_further(hair: Hair) -> None:
    thin, thick = (grow_hair(replace(hair, volume=v)).lift.max() for v in (3.0, 9.0))
    assert thick > thin + 4


def test_a_mirrored_parting_mirrors_the_strands(hair: Hair) -> None:
    one, other = grow_hair(hair), grow_hair(replace(hair, mirrored=not hair.mirrored))
    np.testing.assert_array_equal(one.tone, other.tone[:, ::-1])


def test_every_flow_has_strands() -> None:
    assert tuple(strands()) == FLOW_NAMES


@pytest.mark.parametrize("name", FLOW_NAMES)
def test_strands_are_lines_along_the_flow(name: str) -> None:
    hair = strands()[name]
    assert hair.tone.shape == hair.fibre.shape == SHAPE
    assert hair.fibre.std() == pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(np.linalg.norm(hair.tangent, axis=-1), 1, atol=0.01)
    # Noise smeared along lines is smoother one way than the other somewhere on the head.
    ahead = np.abs(np.diff(hair.fibre, axis=0)).mean()
    across = np.abs(np.diff(hair.fibre, axis=1)).mean()
    assert max(ahead, across) < 1.1


def test_noise_variants_differ() -> None:
    for variants in (hairline_noise(), clumps()):
        assert len(variants) >= 3
        assert np.corrcoef(variants[0].ravel(), variants[1].ravel())[0, 1] < 0.5
