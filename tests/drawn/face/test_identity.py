"""The identity basis: one row per name, a few millimetres per standard deviation."""

import numpy as np
import pytest

from face2bone.drawn.face.head import head_grid
from face2bone.drawn.face.identity import (
    FAT_SHIFT,
    IDENTITY_NAMES,
    SEX_SHIFT,
    SHAPE_NAMES,
    identity_basis,
)


def field(name: str) -> np.ndarray:
    return identity_basis()[SHAPE_NAMES.index(name)].reshape(head_grid().neutral.shape)


def test_every_shape_name_has_a_row() -> None:
    assert identity_basis().shape == (len(SHAPE_NAMES), head_grid().neutral.size)
    assert IDENTITY_NAMES[: len(SHAPE_NAMES)] == SHAPE_NAMES


def test_shifts_name_known_coefficients() -> None:
    assert set(SEX_SHIFT) <= set(IDENTITY_NAMES)
    assert set(FAT_SHIFT) <= set(IDENTITY_NAMES)


@pytest.mark.parametrize("name", SHAPE_NAMES)
def test_one_standard_deviation_is_half_to_six_millimetres(name: str) -> None:
    on_face = field(name)[head_grid().front > 0.3]
    assert 0.4 < np.linalg.norm(on_face, axis=-1).max() < 6.5


@pytest.mark.parametrize("name", [n for n in SHAPE_NAMES if "asym" not in n and "mode" not in n])
def test_named_fields_move_both_sides_alike(name: str) -> None:
    moved = field(name)
    mirrored = moved[:, ::-1] * np.array([-1, 1, 1], np.float32)
    np.testing.assert_allclose(moved, mirrored, atol=2e-3)


@pytest.mark.parametrize("name", ["asymmetric_chin", "asymmetric_nose", "asymmetric_brow"])
def test_asymmetric_fields_do_not(name: str) -> None:
    moved = field(name)
    mirrored = moved[:, ::-1] * np.array([-1, 1, 1], np.float32)
    assert np.abs(moved - mirrored).max() > 0.5


def test_fields_are_linearly_independent() -> None:
    basis = identity_basis().astype(float)
    gram = basis @ basis.T
    scale = np.sqrt(np.diag(gram))
    correlation = np.abs(gram / scale / scale[:, None] - np.eye(len(gram)))
    assert correlation.max() < 0.95
    assert np.linalg.matrix_rank(gram / scale / scale[:, None]) == len(gram)
