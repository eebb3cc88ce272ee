import io

import numpy as np
from PIL import Image

from face2bone.drawing.strip import GAP, strip_png


def test_patches_stand_side_by_side_unchanged() -> None:
    patches = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 3), np.uint8)
    with Image.open(io.BytesIO(strip_png(patches))) as picture:
        strip = np.asarray(picture)
    assert strip.shape == (48, 3 * 48 + 2 * GAP, 4)
    for i, patch in enumerate(patches):
        left = i * (48 + GAP)
        np.testing.assert_array_equal(strip[:, left : left + 48, :3], patch)
    assert (strip[:, 48 : 48 + GAP, 3] == 0).all()
