"""Simple models: their columns by hand, and that they find what is there and no more."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.comparison.baselines import (
    LANDMARKS,
    TITLES,
    clinical_columns,
    landmark_columns,
    on_vectors,
    osta_column,
    simple_predictions,
)
from face2bone.comparison.protocol import CohortProtocol
from face2bone.comparison.runs import RunResult, run_folder, write_arrays
from face2bone.modalities.photo import photo_from_pixels
from face2bone.progress import silent
from face2bone.studies.face2bone import FACE2BONE

Make = Callable[[Path], CohortProtocol]


@pytest.fixture
def protocol(make_protocol: Make, tmp_path: Path) -> CohortProtocol:
    """Landmarks are noise but for two that tell the class."""
    made = make_protocol(tmp_path)
    rng = np.random.default_rng(0)
    landmarks = rng.normal(80.0, 1.0, (len(made.store.index), 936))
    landmarks[:, :60] += 4.0 * made.store.labels[:, None]
    write_arrays(tmp_path / LANDMARKS, landmarks=landmarks)
    return made


def rps(protocol: CohortProtocol, probabilities: np.ndarray) -> float:
    labels = protocol.store.labels[protocol.members["test"]]
    return float(ranked_probability_scores(probabilities, labels).mean())


def test_columns_by_hand() -> None:
    table = pd.DataFrame(
        {
            "sex": ["F", "M"],
            "age_years": [75.0, 68.0],
            "height_cm": [150.0, 170.0],
            "weight_kg": [45.0, 60.0],
        }
    )
    np.testing.assert_array_equal(
        clinical_columns(table), [[75.0, 1.0, 150.0, 45.0], [68.0, 0.0, 170.0, 60.0]]
    )
    np.testing.assert_array_equal(osta_column(table), [[-6.0], [-1.0]])


def test_every_model_gives_distributions_of_the_test_patients(protocol: CohortProtocol) -> None:
    found = simple_predictions(protocol, silent)
    # A face's network reads nothing beside the photo.
    assert set(found) | {"facenet-features", "covariates"} == set(TITLES)
    for name, p in found.items():
        assert p.shape == (len(protocol.members["test"]), 3), name
        np.testing.assert_allclose(p.sum(axis=1), 1.0, err_msg=name)
    shares = np.bincount(protocol.store.labels[protocol.members["train"]], minlength=3)
    np.testing.assert_allclose(found["prevalence"][0], shares / shares.sum())


def test_landmarks_that_tell_the_class_beat_prevalence(protocol: CohortProtocol) -> None:
    found = simple_predictions(protocol, silent)
    assert rps(protocol, found["landmark-geometry"]) < 0.5 * rps(protocol, found["prevalence"])


def test_vectors_that_tell_the_class_are_read(protocol: CohortProtocol) -> None:
    run = RunResult("facenet", 1, 0.01, 2, 1.0, 1.0, 0.1, "none")
    folder = run_folder(protocol, "facenet", 1, 0.01)
    folder.mkdir(parents=True)
    vectors = np.random.default_rng(1).normal(size=(len(protocol.store.index), 8))
    vectors[:, 0] += 6.0 * protocol.store.labels
    write_arrays(folder / "vectors.npz", vectors=vectors)
    named = on_vectors(protocol, run).argmax(axis=1)
    labels = protocol.store.labels[protocol.members["test"]]
    assert (named == labels).mean() > 0.75


def test_landmarks_are_those_of_the_crop(
    protocol: CohortProtocol,
    drawn_photo: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found in the photo, moved to the crop, and not looked for twice."""
    from face2bone.modalities.face import find_face

    pixels = drawn_photo.pixels  # type: ignore[attr-defined]
    photo = photo_from_pixels(pixels)
    expected = find_face(photo).aligned.landmarks[:468]
    store = replace(protocol.store, index=protocol.store.index.iloc[:2])
    few = replace(protocol, store=store, folder=tmp_path / "few")
    few.folder.mkdir()
    tools = FACE2BONE.ready()
    shape, png = tools.shape, io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    assert shape is not None
    found = landmark_columns(few, lambda _: shape(png.getvalue()), silent)
    np.testing.assert_allclose(found, [expected.ravel()] * 2, atol=1e-3)
    np.testing.assert_array_equal(
        landmark_columns(few, lambda _: pytest.fail("looked for again"), silent), found
    )
