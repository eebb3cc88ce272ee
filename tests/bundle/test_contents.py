import copy
import json
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.bundle import Bundle, BundleContents
from face2bone.bundle.contents import (
    CALIBRATION,
    CONCEPT_TEXTS,
    CONCEPTS,
    FILES,
    MEAN_PICTURE,
    MODEL,
    OOD,
    RELIABILITY,
    decode,
    encode,
)
from face2bone.calibration import Intercept, Ordinal, Temperature, Vector
from face2bone.errors import BundleCorrupt

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files(tiny_bundle: Bundle) -> Files:
    return encode(tiny_bundle)


def same(a: Any, b: Any) -> bool:
    """Equality to the bit, through dataclasses, mappings and arrays; NaN equals NaN."""
    if isinstance(a, torch.Tensor):
        return bool(torch.equal(a, b)) and a.dtype == b.dtype
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if hasattr(a, "__dataclass_fields__"):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return type(a) is type(b) and a == b


def test_decode_is_the_inverse_of_encode(tiny_bundle: Bundle, files: Files) -> None:
    found = decode(files)
    for field in fields(BundleContents):
        assert same(getattr(found, field.name), getattr(tiny_bundle, field.name)), field.name


def test_the_same_contents_give_the_same_bytes(files: Files) -> None:
    assert encode(decode(files)) == files
    assert set(files) == set(FILES)


def test_tensors_in_another_memory_order_are_stored_by_value(
    tiny_bundle: Bundle, files: Files
) -> None:
    network = copy.deepcopy(tiny_bundle.network).to(memory_format=torch.channels_last)
    assert encode_with(tiny_bundle, network.state_dict())[MODEL] == files[MODEL]


def encode_with(bundle: Bundle, state: dict[str, torch.Tensor]) -> Files:
    parts = {f.name: getattr(bundle, f.name) for f in fields(BundleContents)}
    return encode(BundleContents(**{**parts, "state": state}))


def test_an_empty_bin_is_blank_in_the_table(files: Files) -> None:
    lines = files[RELIABILITY].decode().splitlines()
    assert lines[0] == "lower,upper,count,confidence,accuracy"
    assert lines[1].endswith(",0,,")
    assert len(lines) == 16


@pytest.mark.slow
@given(st.sampled_from(FILES), st.binary(max_size=400))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_bytes_are_refused_by_name(files: Files, name: str, data: bytes) -> None:
    with pytest.raises(BundleCorrupt, match=name):
        decode({**files, name: data})


@pytest.mark.slow
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.integers(0, 255), st.booleans())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused_but_nothing_else(
    files: Files, name: str, where: int, value: int, cut: bool
) -> None:
    data = bytearray(files[name])
    # Headers, where parsers go wrong, get half of the damage.
    position = where % (len(data) if where % 2 else min(len(data), 300))
    data[position] = value
    try:
        read = decode({**files, name: bytes(data[:position] if cut else data)})
    except BundleCorrupt:
        return
    assert all(bool(torch.isfinite(weights).all()) for weights in read.state.values())
    assert np.isfinite(read.ood.mean).all()
    assert np.isfinite(read.concepts.basis).all()


def arrays(data: bytes, **changes: Any) -> bytes:
    values = safetensors.numpy.load(data) | changes
    return safetensors.numpy.save({k: v for k, v in values.items() if v is not None})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (OOD, {"mean": None}),
        (OOD, {"extra": np.zeros(3)}),
        (OOD, {"mean": np.zeros(5, dtype=np.float32)}),
        (OOD, {"threshold_quantile_count": np.array([3.0, 0.99])}),
        (OOD, {"threshold_quantile_count": np.array([np.nan, 0.99, 60.0])}),
        (OOD, {"threshold_quantile_count": np.array([3.0, 0.99, np.inf])}),
        (CONCEPTS, {"importance": np.zeros((4, 2), dtype=np.float32)}),
        (CONCEPTS, {"exemplars": None}),
        (MEAN_PICTURE, {"mean_face": np.zeros((160, 160, 3), dtype=np.float32)}),
        (MEAN_PICTURE, {"mean_face": np.zeros((80, 80), dtype=np.uint8)}),
    ],
    ids=str,
)
def test_arrays_of_another_shape_type_or_name_are_refused(
    files: Files, name: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(BundleCorrupt):
        decode({**files, name: arrays(files[name], **changes)})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("ending", ["weight", "bias", "running_mean", "running_var"])
def test_weights_that_are_no_numbers_are_refused(
    tiny_bundle: Bundle, ending: str, value: float
) -> None:
    state = {name: tensor.clone() for name, tensor in tiny_bundle.state.items()}
    name = next(name for name in state if name.endswith(ending))
    state[name].view(-1)[-1] = value
    with pytest.raises(BundleCorrupt, match=rf"no network can compute with \({name}\)"):
        decode(encode_with(tiny_bundle, state))


def test_a_variance_below_zero_is_refused(tiny_bundle: Bundle) -> None:
    state = {name: tensor.clone() for name, tensor in tiny_bundle.state.items()}
    next(state[name] for name in state if name.endswith("running_var"))[0] = -1.0
    with pytest.raises(BundleCorrupt, match="running_var"):
        decode(encode_with(tiny_bundle, state))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("name", "array"),
    [(OOD, "mean"), (OOD, "whitening"), (OOD, "threshold_quantile_count")]
    + [(CONCEPTS, part) for part in ("basis", "importance", "presence_scale")],
)
def test_a_reference_that_is_no_number_is_refused(
    files: Files, name: str, array: str, value: float
) -> None:
    values = safetensors.numpy.load(files[name])[array].copy()
    values.reshape(-1)[-1] = value
    with pytest.raises(BundleCorrupt):
        decode({**files, name: arrays(files[name], **{array: values})})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (CALIBRATION, {"version": 1}),
        (CALIBRATION, {"version": 3}),
        (CALIBRATION, {"temperature": 1.0}),
        (CALIBRATION, {"steps": []}),
        (CALIBRATION, {"steps": [{"method": "temperature", "temperature": 0.0}]}),
        (CALIBRATION, {"steps": [{"method": "temperature", "temperature": "1.0"}]}),
        (CALIBRATION, {"steps": [{"method": "temperature", "temperature": 1.0, "more": 1}]}),
        (CALIBRATION, {"steps": [{"method": "magic", "temperature": 1.0}]}),
        (CALIBRATION, {"steps": [{"method": "intercept", "shifts": [0.0, 0.0]}]}),
        (CALIBRATION, {"steps": [{"method": "ordinal", "slope": 1.0, "intercepts": [0.0, 1.0]}]}),
        (CALIBRATION, {"alpha": 1.0}),
        (CALIBRATION, {"scores": [0.1, 0.2]}),
        (CALIBRATION, {"scores": [0.1, 0.2, 1.2]}),
        (CALIBRATION, {"counts": [1.5, 2, 3]}),
        (CALIBRATION, {"counts": [-1, 2, 3]}),
        (CALIBRATION, {"alpha": np.nan}),
        (CALIBRATION, {"scores": [np.nan, 0.2, 0.3]}),
        (CALIBRATION, {"steps": [{"method": "temperature", "temperature": np.nan}]}),
        (CALIBRATION, {"steps": [{"method": "temperature", "temperature": np.inf}]}),
        (CALIBRATION, {"steps": [{"method": "intercept", "shifts": [np.nan, 0.0, 0.0]}]}),
        (
            CALIBRATION,
            {"steps": [{"method": "ordinal", "slope": np.inf, "intercepts": [1.0, 0.0]}]},
        ),
        (CALIBRATION, {"extra": 1}),
        (CONCEPT_TEXTS, {"names": ["one"]}),
        (CONCEPT_TEXTS, {"names": [1, 2, 3, 4]}),
        (CONCEPT_TEXTS, {"extra": []}),
    ],
    ids=str,
)
def test_texts_of_another_shape_type_or_name_are_refused(
    files: Files, name: str, changes: dict[str, Any]
) -> None:
    values = json.loads(files[name]) | changes
    with pytest.raises(BundleCorrupt):
        decode({**files, name: json.dumps(values).encode()})


def test_every_chain_of_calibrators_is_read_back(tiny_bundle: Bundle) -> None:
    steps = (
        Temperature(0.7),
        Intercept((0.1, 0.0, -0.1)),
        Ordinal(1.1, (0.3, -0.2)),
        Vector((1.0, 0.9, 1.2), (0.0, 0.25, -0.25)),
    )
    assert decode(encode(replace(tiny_bundle, calibration=steps))).calibration == steps


def first_version(files: Files, **changes: Any) -> Files:
    """The calibration file as the first bundles had it: one temperature, no version."""
    values = json.loads(files[CALIBRATION])
    old = {k: values[k] for k in ("alpha", "scores", "counts")} | {"temperature": 1.5} | changes
    return {**files, CALIBRATION: json.dumps(old).encode()}


def test_a_bundle_of_the_first_version_is_one_temperature(files: Files) -> None:
    assert decode(first_version(files)).calibration == (Temperature(1.5),)


@pytest.mark.parametrize("value", [0.0, -1.0, "1.0", None])
def test_a_wrong_first_version_is_refused(files: Files, value: Any) -> None:
    with pytest.raises(BundleCorrupt, match=CALIBRATION):
        decode(first_version(files, temperature=value))


HEADER = "lower,upper,count,confidence,accuracy\n"


@pytest.mark.parametrize(
    "table",
    [
        "",
        HEADER,
        "lower,upper,n,confidence,accuracy\n0,1,5,0.5,0.5\n",
        HEADER + "0,0.9,5,0.5,0.5\n",  # does not reach 1
        HEADER + "0,0.6,5,0.5,0.5\n0.5,1,5,0.7,0.5\n",  # bins overlap
        HEADER + "0,1,0,,\n",  # nobody at all
        HEADER + "0,1,-5,0.5,0.5\n",
        HEADER + "0,1,2.5,0.5,0.5\n",
        HEADER + "0,1,inf,0.5,0.5\n",
        HEADER + "0,1,nan,0.5,0.5\n",
        HEADER + "0,1,5,,0.5\n",  # a mean missing
        HEADER + "0,0.5,0,0.4,0.5\n0.5,1,5,0.7,0.5\n",  # a mean of nobody
        HEADER + "0,1,5,1.5,0.5\n",
        HEADER + "0,1,5,0.5\n",
        HEADER + "0,1,five,0.5,0.5\n",
        HEADER + "0,1,5,0.5,0.5\n\x00",
    ],
)
def test_a_table_that_contradicts_itself_is_refused(files: Files, table: str) -> None:
    with pytest.raises(BundleCorrupt, match=RELIABILITY):
        decode({**files, RELIABILITY: table.encode()})
