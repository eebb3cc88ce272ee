"""Every drawn film: deterministic, blind to the label, each value where it is said to be."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.bone import BoneClass
from face2bone.drawn.film.film import DrawnFilm, Placement, influence, mirror_of, value_mask
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient
from face2bone.modalities.parts import OUTSIDE, part_index

COARSE = 0.9  # mm: quick, and still resolves what is measured here


def test_the_same_patient_gives_the_same_pixels(
    kind: FilmKind, few: tuple[FilmPatient, ...]
) -> None:
    first, again = kind.draw(few[0]), kind.draw(few[0])
    assert np.array_equal(first.grey, again.grey)
    assert first.grey.std() > 0.1
    assert not np.array_equal(first.grey, kind.draw(few[1]).grey)


def test_a_film_never_sees_the_label(kind: FilmKind, few: tuple[FilmPatient, ...]) -> None:
    relabelled = replace(few[0], t_score=1.0, bone_class=BoneClass.NORMAL)
    assert np.array_equal(kind.draw(relabelled).grey, kind.draw(few[0]).grey)


def test_bone_is_brighter_than_flesh_and_flesh_than_air(
    kind: FilmKind, few: tuple[FilmPatient, ...]
) -> None:
    film = kind.draw(few[0], clean=True)
    flesh = part_index(kind.parts, "soft_tissue")
    air = film.grey[film.part_map == OUTSIDE]
    bone = film.grey[(film.part_map != OUTSIDE) & (film.part_map != flesh)]
    assert air.mean() < film.grey[film.part_map == flesh].mean() < bone.mean()


def test_every_part_is_there_and_nothing_else(kind: FilmKind, few: tuple[FilmPatient, ...]) -> None:
    for patient in few:
        film = kind.draw(patient, COARSE)
        assert set(np.unique(film.part_map)) == {OUTSIDE, *range(10)}
        assert film.part_map.shape == film.grey.shape


def test_border_and_marker_are_outside(kind: FilmKind, few: tuple[FilmPatient, ...]) -> None:
    framed, clean = kind.draw(few[0]), kind.draw(few[0], clean=True)
    hidden = (framed.part_map == OUTSIDE) & (clean.part_map != OUTSIDE)
    shown = framed.part_map != OUTSIDE
    assert hidden.any()
    assert np.array_equal(framed.part_map[shown], clean.part_map[shown])


def test_landmarks_lie_on_the_film_and_a_finer_film_has_them_at_the_same_place(
    kind: FilmKind, few: tuple[FilmPatient, ...]
) -> None:
    coarse, fine = kind.draw(few[0], COARSE), kind.draw(few[0], COARSE / 2)
    for name, (x, y) in coarse.landmarks.items():
        assert 0 <= x < coarse.grey.shape[1]
        assert 0 <= y < coarse.grey.shape[0]
        there = [(v + 0.5) * COARSE for v in (x, y)]
        assert [(v + 0.5) * COARSE / 2 for v in fine.landmarks[name]] == pytest.approx(there)


def test_a_side_is_the_mirror_image_of_the_other(
    kind: FilmKind, few: tuple[FilmPatient, ...]
) -> None:
    """But for the turn, the shift and the flesh, whose chance is the film's, not the side's."""
    sides = [kind.draw(replace(few[0], side=s), clean=True) for s in ("left", "right")]
    centroid = [np.argwhere(f.part_map == 1).mean(axis=0)[1] for f in sides]
    middle = [np.argwhere(f.part_map != OUTSIDE).mean(axis=0)[1] for f in sides]
    assert (centroid[0] - middle[0]) * (centroid[1] - middle[1]) < 0


@pytest.mark.slow
def test_each_value_changes_its_own_mask(kind: FilmKind, few: tuple[FilmPatient, ...]) -> None:
    """At least .90 of the change lies in the value's mask, and next to none elsewhere."""
    for patient in few[:2]:
        maps = kind.value_maps(patient, kind.spacing_mm)
        base = kind.draw(patient, clean=True).grey
        for k, value in enumerate(kind.model.values):
            more = list(patient.values)
            more[k] += value.noise_sd
            changed = kind.draw(replace(patient, values=tuple(more)), clean=True).grey
            moved = np.abs(changed.astype(np.float64) - base)
            mask = value_mask(maps[value.name], kind.spacing_mm)
            assert moved[mask].sum() > 0.90 * moved.sum(), value.name
            assert moved[~mask].mean() < 0.05 / 255, value.name
            assert mask.mean() < 0.45, value.name


def test_each_value_shows_in_the_parts_it_is_said_to(
    kind: FilmKind, few: tuple[FilmPatient, ...]
) -> None:
    patient = few[0]
    parts = kind.draw(patient, COARSE, clean=True).part_map
    for name, shown in kind.value_maps(patient, COARSE).items():
        own = np.isin(parts, [part_index(kind.parts, p) for p in kind.planted_parts[name]])
        assert shown.max() == 1.0
        assert shown[own].sum() > 0.85 * shown.sum(), name


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_pixels_fill_their_bits(bits: int) -> None:
    film = DrawnFilm(np.float32([[0.0, 0.5, 1.0]]), 0.5, np.zeros((1, 3), np.int8), {})
    pixels = film.pixels(bits)  # type: ignore[arg-type]
    assert pixels.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert pixels[0, 0] == 0
    assert pixels[0, 2] == 2**bits - 1


def test_influence_of_nothing_is_zero() -> None:
    flat = np.ones((4, 4), np.float32)
    assert (influence(flat, flat) == 0).all()
    assert influence(flat, flat * 3).tolist() == np.ones((4, 4)).tolist()


POINTS = {"origin": (0.0, 0.0), "across": (10.0, 0.0), "down": (0.0, 10.0)}


def test_the_origin_is_where_it_was_put() -> None:
    found = Placement(30.0, 40.0, 1.1, 7.0, -1.0).pixels(POINTS, 0.5)
    assert found["origin"] == pytest.approx((59.5, 79.5))


def test_size_mirror_and_a_quarter_turn() -> None:
    plain = Placement(0.0, 0.0, 2.0, 0.0, 1.0).pixels(POINTS, 1.0)
    assert plain["across"] == pytest.approx((19.5, -0.5))
    mirrored = Placement(0.0, 0.0, 1.0, 0.0, -1.0).pixels(POINTS, 1.0)
    assert mirrored["across"] == pytest.approx((-10.5, -0.5))
    turned = Placement(0.0, 0.0, 1.0, 90.0, 1.0).pixels(POINTS, 1.0)
    assert turned["across"] == pytest.approx((-0.5, 9.5))
    assert turned["down"] == pytest.approx((-10.5, -0.5))


def test_only_the_other_side_is_mirrored() -> None:
    assert (mirror_of("left", "left"), mirror_of("right", "left")) == (1.0, -1.0)
