from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.bone import CLASS_LABELS
from face2bone.bundle.card import BundleCard, card_from_yaml, card_to_yaml
from face2bone.errors import BundleCorrupt, WrongStudy
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import NetworkConfig, normalise
from face2bone.reference import ReferenceMethod

Seal = Callable[[bytes], bytes]

CARD = BundleCard(
    name="test",
    version="1",
    status="demo",
    created_on=date(2026, 11, 21),
    architecture=NetworkConfig(width=0.25, ssam="control"),
    cohort="2,000 drawn patients",
    labels=CLASS_LABELS,
    class_fractions=(0.2, 0.5, 0.3),
    input=FACE_INPUT,
    provenance={"seeds": [1, 2], "recipe": {"name": "demo"}},
    results={"macro_auc": 0.95, "n": 1500},
    generator_version="3",
    generator_hash="ab" * 32,
    files={"model.safetensors": "0" * 64},
)

# YAML reads U+0085, U+2028 and U+2029 as line ends; no card needs them or control characters.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=9)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def changed(**values: Any) -> bytes:
    """The test card's YAML, unsealed, with some entries replaced or, for ..., left out."""
    card = yaml.safe_load(card_to_yaml(CARD).rpartition(b"card_sha256: ")[0])
    merged = {**card, **values}
    return yaml.safe_dump({k: v for k, v in merged.items() if v is not ...}).encode()


@given(texts, texts, st.dictionaries(texts, plain, max_size=4), st.dates(date(1900, 1, 1)))
@settings(max_examples=50)
def test_what_is_written_is_read_back(
    name: str, cohort: str, results: dict[str, Any], created_on: date
) -> None:
    card = replace(CARD, name=name, cohort=cohort, results=results, created_on=created_on)
    assert card_from_yaml(card_to_yaml(card)) == card


def test_a_card_reads_the_same_in_any_order_of_its_keys(reseal: Seal) -> None:
    assert card_from_yaml(reseal(changed())) == CARD


@pytest.mark.slow
@given(st.integers(0, 10**6), st.integers(0, 7))
@settings(max_examples=200)
def test_every_flipped_bit_is_refused(position: int, bit: int) -> None:
    data = bytearray(card_to_yaml(CARD))
    data[position % len(data)] ^= 1 << bit
    with pytest.raises(BundleCorrupt):
        card_from_yaml(bytes(data))


@pytest.mark.parametrize("cut", [0, 1, 50, -1, -2, -70])
def test_a_truncated_card_is_refused(cut: int) -> None:
    with pytest.raises(BundleCorrupt, match="last line"):
        card_from_yaml(card_to_yaml(CARD)[:cut])


@given(st.binary(max_size=200) | texts.map(str.encode))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sealed_card_of_anything_else_is_refused(reseal: Seal, body: bytes) -> None:
    with pytest.raises(BundleCorrupt):
        card_from_yaml(reseal(body))


def counts(first: int) -> list[list[int]]:
    return [[first, 0, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "values",
    [
        {"surprise": 1},
        {"status": ...},
        {"status": "approved"},
        {"status": "research"},  # while the generator's hash says: drawn faces
        {"name": ""},
        {"name": 3},
        {"created_on": "yesterday"},
        {"class_fractions": [0.5, 0.5]},
        {"class_fractions": [0.5, 0.6, -0.1]},
        {"class_fractions": [0.2, 0.2, 0.2]},
        {"class_fractions": ["0.2", "0.5", "0.3"]},
        {"labels": ["normal"]},
        {"labels": ["normal", "osteopenia"]},
        {"labels": ["normal", "normal", "osteoporosis"]},
        {"files": {"model.safetensors": "0" * 63}},
        {"files": ["model.safetensors"]},
        {"schema": 1},
        {"schema": 3},
        {"architecture": {"width": 0.25}},
        {"architecture": NetworkConfig().to_dict() | {"layers": 3}},
        {"architecture": NetworkConfig().to_dict() | {"width": 7.0}},
        {"architecture": NetworkConfig().to_dict() | {"width": "wide"}},
        {"architecture": NetworkConfig().to_dict() | {"fsa_heads": 1.5}},
        {"preprocessing": {"crop_size": 224}},
        {"input": asdict(FACE_INPUT) | {"scale": 0.0}},
        {"input": asdict(FACE_INPUT) | {"scale": float("inf")}},
        {"input": asdict(FACE_INPUT) | {"mean": float("nan")}},
        {"input": asdict(FACE_INPUT) | {"height": 10**9}},
        {"input": asdict(FACE_INPUT) | {"channels": 2}},
        {"input": asdict(FACE_INPUT) | {"mask_value": 256}},
        {"input": asdict(FACE_INPUT) | {"depth": 1}},
        {"provenance": None},
        {"architecture": NetworkConfig().to_dict() | {"transformer_layers": 10**9}},
        {"results": {"test": {"confusion": [[1]]}}},
        {"results": {"test": {"confusion": [[1, 2, "many"]] * 3}}},
        {"results": {"local": {"confusion": [[1, 2, -3]] * 3}}},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused(values: dict[str, Any], reseal: Seal) -> None:
    with pytest.raises(BundleCorrupt, match=r"card\.yaml is invalid"):
        card_from_yaml(reseal(changed(**values)))


@pytest.mark.parametrize(
    "body",
    [
        b"a: &a [*a]\n",
        b"[" * 1500,
        b"!!python/object/apply:os.system [exit]\n",
        b"name: !!set {a, b}\n",
        b"\xff\xfe\x00",
    ],
    ids=["loop", "depth", "python object", "set", "bytes"],
)
def test_hostile_yaml_is_refused(body: bytes, reseal: Seal) -> None:
    with pytest.raises(BundleCorrupt):
        card_from_yaml(reseal(body))


def test_the_message_names_the_entry_that_is_wrong(reseal: Seal) -> None:
    with pytest.raises(BundleCorrupt, match="class_fractions"):
        card_from_yaml(reseal(changed(class_fractions="many")))


def test_values_yaml_cannot_express_are_refused_when_written() -> None:
    with pytest.raises(BundleCorrupt, match="plain numbers"):
        card_to_yaml(replace(CARD, results={"auc": np.float64(0.9)}))


def first_schema(**values: Any) -> bytes:
    """The test card as the first schema had it, unsealed, with some entries replaced."""
    architecture = CARD.architecture.to_dict()
    del architecture["outputs"]
    old = {
        "schema": 1,
        "input": ...,
        "architecture": architecture,
        "preprocessing": {
            "crop_size": 160,
            "mask_value": 127,
            "pixel_mean": 127.5,
            "pixel_scale": 128.0,
        },
    }
    return changed(**old | values)


def test_a_card_of_the_first_schema_is_read_as_one_of_today(reseal: Seal) -> None:
    assert card_from_yaml(reseal(first_schema())) == CARD


@pytest.mark.parametrize(
    "values",
    [
        {"preprocessing": ...},
        {"preprocessing": {"crop_size": 160}},
        {"preprocessing": "as usual"},
        {"input": asdict(FACE_INPUT)},
        {"labels": ["osteoporosis", "osteopenia", "normal"]},
        {"labels": ["a", "b", "c"]},
        {"architecture": NetworkConfig().to_dict() | {"outputs": 2}},
    ],
    ids=str,
)
def test_a_card_of_the_first_schema_with_something_else_is_refused(
    values: dict[str, Any], reseal: Seal
) -> None:
    with pytest.raises(BundleCorrupt, match=r"card\.yaml is invalid"):
        card_from_yaml(reseal(first_schema(**values)))


def test_a_card_may_have_two_classes_and_a_grey_input(reseal: Seal) -> None:
    film = InputSpec(224, 160, 1, 0.0, 255.0, 0)
    card = replace(
        CARD,
        architecture=NetworkConfig(outputs=2),
        labels=("low", "high"),
        class_fractions=(0.4, 0.6),
        input=film,
    )
    assert card_from_yaml(card_to_yaml(card)) == card


@given(st.floats(-300, 300), st.floats(1.0, 300))
def test_the_transform_is_the_one_on_the_card(mean: float, scale: float) -> None:
    spec = replace(FACE_INPUT, mean=mean, scale=scale)
    crop = torch.arange(256, dtype=torch.uint8)[:, None].expand(1, 256, 3)[:, :, None]
    expected = (np.arange(256) - mean) / scale
    np.testing.assert_allclose(normalise(crop, spec)[0, 0, :, 0], expected, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({}, None),
        ({"macro_auc": 0.9}, None),
        ({"oracle": {"confusion": [[1]]}}, None),  # not the model's own
        ({"model": {"confusion": [[3, 1, 0], [0, 4, 0], [0, 0, 2]]}}, 3),
        ({"local": {"confusion": counts(7)}, "test": {"confusion": counts(3)}}, 7),
    ],
)
def test_confusion_is_the_models_own_and_the_clinics_first(
    results: dict[str, Any], expected: int | None
) -> None:
    counts = replace(CARD, results=results).confusion
    assert (counts[0][0] if counts else None) == expected


def test_what_stands_twice_is_written_out_for_reading_refuses_aliases() -> None:
    shares = [0.5, 0.3, 0.2]
    card = replace(CARD, provenance={"before": shares}, results={"after": shares, "again": shares})
    assert b"&id" not in card_to_yaml(card)
    assert card_from_yaml(card_to_yaml(card)) == card


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"a: &a [x]\nb: *a\n", "alias"),
        (b"[" * 60_000, "deeply"),
        (b"name: one\nname: two\n", "twice"),
        (b"#" * 70_000 + b"\n", "larger than 64 kB"),
    ],
)
def test_a_card_that_costs_much_or_says_two_things_is_refused(
    body: bytes, why: str, reseal: Seal
) -> None:
    with pytest.raises(BundleCorrupt, match=rf"card\.yaml is invalid: it .*{why}"):
        card_from_yaml(reseal(body))


def test_a_card_of_before_there_was_a_choice_is_of_a_face_and_of_dxa(reseal: Seal) -> None:
    old = card_from_yaml(reseal(changed(study=..., reference_method=...)))
    assert (old.study, old.reference_method) == ("face2bone", ReferenceMethod.DXA)
    new = card_from_yaml(reseal(changed(study="later_study", reference_method="qus")))
    assert (new.study, new.reference_method) == ("later_study", ReferenceMethod.QUS)


@pytest.mark.parametrize("values", [{"study": "Bone Net"}, {"reference_method": "dexa"}])
def test_an_unknown_method_or_no_id_is_refused(values: dict[str, Any], reseal: Seal) -> None:
    with pytest.raises(BundleCorrupt, match=next(iter(values))):
        card_from_yaml(reseal(changed(**values)))


def test_another_studys_pictures_are_refused_in_one_sentence_and_what_to_do() -> None:
    CARD.require_study("face2bone", "the cohort")
    with pytest.raises(WrongStudy, match=r"cohort is of bone_net\. Choose a bundle of bone_net"):
        CARD.require_study("bone_net", "the cohort")
