"""One photo's figures: they agree with what they are made from, and survive a table."""

import numpy as np
import pandas as pd
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.calibration import calibrated
from face2bone.explain import photo_row as module
from face2bone.explain.photo_row import Layout, PhotoFigures, as_row, from_row, signed
from face2bone.modalities.face import FACE_INPUT, FACE_PARTS, AlignedFace
from face2bone.runtime import network_input, predict
from tests.cohort_explanations.linear import Linear

CONCEPTS = 4
LAYOUT = Layout(FACE_PARTS, CLASS_LABELS, CONCEPTS)


@pytest.fixture(scope="module")
def engine(tiny_bundle: Bundle) -> Linear:
    return Linear(tiny_bundle.ood.mean.size)


@pytest.fixture(scope="module")
def found(tiny_bundle: Bundle, engine: Linear, face: AlignedFace) -> PhotoFigures:
    return module.photo_figures(tiny_bundle, engine, face)


@pytest.mark.slow
def test_values_add_up_from_the_painted_face_to_the_whole_one(found: PhotoFigures) -> None:
    assert found.values.shape == (10, len(LAYOUT.targets))
    np.testing.assert_allclose(found.base + found.values.sum(axis=0), found.full, atol=1e-4)


def test_they_are_of_the_face_that_is_predicted(
    found: PhotoFigures, tiny_bundle: Bundle, engine: Linear, face: AlignedFace
) -> None:
    said = predict(engine, tiny_bundle, face)
    np.testing.assert_array_equal(found.probabilities, said.probabilities)
    assert [k for k in range(3) if found.members[k]] == [int(k) for k in said.prediction_set]
    logits = engine.logits(network_input(face.pixels[None], FACE_INPUT))
    np.testing.assert_allclose(found.full[:3], logits[0], atol=1e-4)
    expected = calibrated(logits, *tiny_bundle.calibration)[0] @ [0, 1, 2]
    assert found.full[3] == pytest.approx(expected, abs=1e-4)
    assert found.presence.shape == (CONCEPTS,)
    assert found.importance.shape == (CONCEPTS, 3)


def test_a_row_gives_the_figures_back(found: PhotoFigures) -> None:
    row = as_row(found, LAYOUT)
    assert list(row) == LAYOUT.columns
    assert len(set(row)) == len(row)
    again = from_row(pd.DataFrame([row]).iloc[0], LAYOUT)
    for name, value in vars(found).items():
        np.testing.assert_array_equal(getattr(again, name), value, err_msg=name)


def test_a_region_stands_under_its_own_name(found: PhotoFigures) -> None:
    row = as_row(found, LAYOUT)
    assert row["region_osteoporosis_forehead"] == found.values[0, 2]
    assert row["region_severity_nose_lips"] == found.values[9, 3]
    assert row["importance_2_normal"] == found.importance[1, 0]


def test_it_can_be_cancelled(tiny_bundle: Bundle, engine: Linear, face: AlignedFace) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        module.photo_figures(tiny_bundle, engine, face, stop)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.00"), (-0.001, "0.00"), (0.314, "+0.31"), (-1.5, "−1.50")]
)
def test_signed(value: float, text: str) -> None:
    assert signed(value) == text
