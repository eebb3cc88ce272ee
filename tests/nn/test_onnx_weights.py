"""Tensors of an ONNX file: read as written, put together from their blocks, or refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.nn.onnx_weights import dequantised, onnx_arrays
from tests.nn.onnx_file import message, number, onnx_file, tensor

ARRAYS = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "small": np.array([-128, 0, 127], np.int8),
    "sides": np.array([2, -3], np.int64),
    "none": np.zeros((0,), np.float32),
}


def test_every_tensor_is_read_with_its_shape_and_kind() -> None:
    found = onnx_arrays(onnx_file(ARRAYS))
    assert set(found) == set(ARRAYS)
    for name, values in ARRAYS.items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].dtype == values.dtype


def test_sides_and_numbers_may_be_packed() -> None:
    data = message(7, message(5, tensor("w", ARRAYS["weights"], packed=True)))
    np.testing.assert_array_equal(onnx_arrays(data)["w"], ARRAYS["weights"])


def test_blocks_are_scaled_about_their_zeros() -> None:
    """Worked by hand: blocks of two, the last one short."""
    arrays = {
        "w_quantized": np.array([[1, 2, 3, 4, 5], [0, 0, 10, 10, -1]], np.int8),
        "w_scales": np.array([[1.0, 0.5, 2.0], [1.0, 0.1, 3.0]], np.float32),
        "w_zero_point": np.array([[0, 1, 0], [1, 0, 1]], np.int8),
    }
    expected = [[1, 2, 1, 1.5, 10], [-1, -1, 1, 1, -6]]
    np.testing.assert_allclose(dequantised(arrays, "w"), expected, rtol=1e-6)
    shaped = arrays | {"w_shape": np.array([1, 2, 5, 1])}
    assert dequantised(shaped, "w").shape == (1, 2, 5, 1)


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("w_scales", np.ones((3, 1), np.float32)),
        ("w_scales", np.ones((2, 0), np.float32)),
        ("w_zero_point", np.ones((2, 2), np.int8)),
        ("w_shape", np.array([7])),
    ],
)
def test_parts_that_do_not_fit_each_other_are_refused(part: str, values: np.ndarray) -> None:
    arrays = {
        "w_quantized": np.ones((2, 3), np.int8),
        "w_scales": np.ones((2, 1), np.float32),
        "w_zero_point": np.zeros((2, 1), np.int8),
        part: values,
    }
    with pytest.raises(ValueError, match=r"do not fit|reshape"):
        dequantised(arrays, "w")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no model",
        number(7, 3),
        message(7, b"") * 2,
        message(7, message(5, number(1, 2**40) + number(2, 1))),
        message(7, message(5, number(2, 11))),
        message(7, message(5, tensor("w", ARRAYS["weights"])[:-1])),
        b"\x80" * 20,
        onnx_file(ARRAYS)[:-1],
    ],
)
def test_what_is_no_model_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        onnx_arrays(data)


@given(st.binary(max_size=60), st.integers(0, 300))
def test_damage_is_a_value_error_or_other_numbers(noise: bytes, at: int) -> None:
    whole = onnx_file(ARRAYS)
    for data in (noise, whole[:at] + noise + whole[at + len(noise) :]):
        try:
            found = onnx_arrays(data)
        except ValueError:
            continue
        assert all(values.nbytes <= len(data) for values in found.values())
