"""The atlas that ships is what the generator draws, and names every part."""

import numpy as np
import pytest

from face2bone.drawn.knee.atlas import draw_atlas
from face2bone.modalities.knee.locator import CROP_SIDE, knee_atlas
from face2bone.modalities.knee.parts import KNEE_PARTS


@pytest.mark.slow
def test_the_atlas_that_ships_is_what_is_drawn() -> None:
    kept, drawn = knee_atlas(), draw_atlas()
    assert np.abs(kept.grey.astype(int) - drawn.grey).max() <= 1
    assert (kept.part_map != drawn.part_map).mean() < 1e-3


def test_it_has_every_part_and_its_lateral_side_on_the_right() -> None:
    part_map = knee_atlas().part_map
    assert set(np.unique(part_map)) == {-1, *range(len(KNEE_PARTS))}
    index = {part.id: i for i, part in enumerate(KNEE_PARTS)}
    column = {name: np.nonzero(part_map == i)[1].mean() for name, i in index.items()}
    assert column["fibula"] > column["condyle_lateral"] > CROP_SIDE / 2 > column["condyle_medial"]
    mirrored = knee_atlas().mirrored().part_map
    assert np.nonzero(mirrored == index["fibula"])[1].mean() < CROP_SIDE / 2
