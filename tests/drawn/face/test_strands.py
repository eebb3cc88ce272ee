"""Hair fibre maps."""

import numpy as np
import pytest

from face2bone.drawn.face.strands import FLOW_NAMES, SHAPE, clumps, hairline_noise, strands


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
