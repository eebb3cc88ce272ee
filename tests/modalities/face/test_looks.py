"""What a view shows at a place is what the photo has there, turned and scaled or not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from face2bone.modalities.face.looks import View, see, to_photo

views = st.builds(
    View,
    left=st.integers(-60, 60),
    top=st.integers(-60, 60),
    side=st.integers(90, 420),
    turns=st.integers(0, 3),
    smallest=st.sampled_from((0, 128, 256)),
    largest=st.sampled_from((64, 100, 1400)),
)


def spot(place: tuple[int, int], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """A soft white spot on black, centred on a pixel."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    levels = 255 * np.exp(-0.5 * ((x - place[0]) ** 2 + (y - place[1]) ** 2) / 4.0**2)
    return np.repeat(levels.astype(np.uint8)[..., None], 3, axis=2)


@settings(max_examples=120)
@given(views, st.integers(20, 180), st.integers(20, 130))
def test_a_spot_seen_in_a_view_is_mapped_back(view: View, x: int, y: int) -> None:
    pixels = spot((x, y), (150, 200))
    view = view.snapped()
    margin = 12
    if not (
        view.left + margin < x < view.left + view.side - margin
        and view.top + margin < y < view.top + view.side - margin
    ):
        return
    square = see(pixels, view)[..., 0].astype(float)
    rows, columns = np.mgrid[: square.shape[0], : square.shape[1]]
    weight = square / square.sum()
    seen = np.array([[(weight * columns).sum() + 0.5, (weight * rows).sum() + 0.5, 0.1]])
    seen[:, :2] /= square.shape[0]
    back = to_photo(seen, view)[0]
    assert np.abs(back[:2] - (x, y)).max() < 0.6 + 0.3 * 2**view.halvings
    assert back[2] == 0.1 * view.side


@given(views)
def test_a_snapped_view_holds_the_view_on_whole_blocks(view: View) -> None:
    snapped = view.snapped()
    grid = 2**snapped.halvings
    assert snapped.left <= view.left
    assert snapped.top <= view.top
    assert snapped.left + snapped.side >= view.left + view.side
    assert snapped.top + snapped.side >= view.top + view.side
    assert {snapped.left % grid, snapped.top % grid, snapped.side % grid} == {0}


@given(views)
def test_views_have_the_size_asked_for(view: View) -> None:
    view = view.snapped()
    square = see(np.zeros((150, 200, 3), np.uint8), view)
    assert square.shape[0] == square.shape[1]
    assert square.shape[0] <= max(view.largest, view.smallest)
    if view.halvings == 0:
        assert square.shape[0] == max(view.smallest, view.side)
    assert square.flags.c_contiguous


def test_beyond_the_photo_is_black() -> None:
    white = np.full((50, 80, 3), 255, np.uint8)
    square = see(white, View(-10, -10, 100, smallest=0))
    assert square.shape == (100, 100, 3)
    assert square.sum() == white.sum()
    assert (square[10:60, 10:90] == 255).all()
    assert not see(white, View(200, 200, 64, smallest=0)).any()
