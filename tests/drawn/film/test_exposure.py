"""From paths to grey: Beer's law, noise that falls with dose, a window that does not look."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.film.exposure import (
    CORTICAL_BONE,
    KNEE_SPECTRUM,
    SOFT_TISSUE,
    Exposure,
    Frame,
    draw_exposure,
    draw_frame,
    expose,
    frame_mask,
    framed,
    log_signal,
    marker_mask,
)

PLAIN = Exposure(scatter=0.2, blur_mm=0.2, photons=1e4, sharpen=0.5, low=0.5, high=4.0, slope=5.0)
FRAME = Frame((5.0, 3.0, 2.0, 4.0), 0.07, "R", (0.5, 0.1))


def slab(bone: float, soft: float) -> tuple[np.ndarray, np.ndarray]:
    return np.full((80, 60), bone, np.float32), np.full((80, 60), soft, np.float32)


def test_one_energy_is_beers_law() -> None:
    bone, soft = slab(0.7, 9.0)
    single = log_signal(bone, soft, (0.0, 1.0, 0.0))
    assert single == pytest.approx(CORTICAL_BONE[1] * 0.7 + SOFT_TISSUE[1] * 9.0)


def test_a_beam_hardens() -> None:
    """Twice the path attenuates less than twice as much."""
    thin, thick = (log_signal(*slab(b, 0.0), KNEE_SPECTRUM)[0, 0] for b in (1.0, 2.0))
    assert thin < thick < 2 * thin


def test_bone_is_bright_and_grey_is_a_fraction() -> None:
    bone, soft = slab(0.0, 8.0)
    bone[:, 30:] = 1.0
    grey = expose(bone, soft, KNEE_SPECTRUM, PLAIN, 0.5, None)
    assert grey.dtype == np.float32
    assert 0 <= grey.min() < grey.max() <= 1
    assert grey[:, 45:].mean() > grey[:, :15].mean() + 0.1


def test_noise_falls_with_the_root_of_the_dose() -> None:
    def spread(photons: float) -> float:
        shot = replace(PLAIN, photons=photons)
        noisy = expose(*slab(1.0, 5.0), KNEE_SPECTRUM, shot, 0.5, np.random.default_rng(0))
        return float((noisy - expose(*slab(1.0, 5.0), KNEE_SPECTRUM, shot, 0.5, None)).std())

    assert spread(1e4) / spread(4e4) == pytest.approx(2.0, rel=0.1)


def test_a_change_stays_where_it_is() -> None:
    """The window comes from parameters: more bone in a corner leaves the far corner alone."""
    bone, soft = (np.full((300, 300), v, np.float32) for v in (0.5, 8.0))
    more = bone.copy()
    more[:40, :40] += 0.5
    moved = expose(more, soft, KNEE_SPECTRUM, PLAIN, 0.5, None) - expose(
        bone, soft, KNEE_SPECTRUM, PLAIN, 0.5, None
    )
    assert np.abs(moved[:40, :40]).mean() > 0.02
    assert np.abs(moved[150:, 150:]).max() < 1e-6


def test_the_border_covers_what_collimation_left_out() -> None:
    grey = np.full((80, 60), 0.5, np.float32)
    out = framed(grey, FRAME, 0.5)
    inside = frame_mask(FRAME, (80, 60), 0.5)
    assert inside[10:74, 4:52].all()
    assert inside.sum() == 64 * 48
    letter = marker_mask(FRAME, (80, 60), 0.5)
    assert (out[~inside & ~letter] == np.float32(0.07)).all()
    assert letter.any()
    assert (out[letter] > 0.9).all()


def test_the_marker_names_the_side() -> None:
    for side, letter in (("left", "L"), ("right", "R")):
        assert draw_frame(np.random.default_rng(1), side).marker == letter  # type: ignore[arg-type]


def test_exposures_stay_in_their_ranges() -> None:
    for seed in range(50):
        drawn = draw_exposure(np.random.default_rng(seed), (0.1, 0.2), ((0.0, 0.1), (3.0, 4.0)))
        assert 0.1 <= drawn.scatter <= 0.2
        assert 0.0 <= drawn.low <= 0.1
        assert 3.0 <= drawn.high <= 4.0
        assert 10**3.8 <= drawn.photons <= 10**4.9
