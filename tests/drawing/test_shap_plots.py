"""shap's plots of a cohort: the values that went in are those that are drawn, in the page's ink."""

import io
import threading
import warnings
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import shap
from PIL import Image

from face2bone.drawing.shap_plots import as_shap, bar_png, beeswarm_png
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.words import Language, catalogue

INK = "#eef3f5"
NAMES = [part.label for part in FACE_PARTS]


@pytest.fixture(scope="module")
def explanation() -> Any:
    values = np.random.default_rng(5).normal(size=(30, 10)) * np.linspace(0.1, 1.0, 10)
    return as_shap(values, np.zeros(30), NAMES)


def test_it_is_a_shap_explanation_with_the_regions_names(explanation: Any) -> None:
    assert isinstance(explanation, shap.Explanation)
    assert explanation.feature_names == NAMES
    assert explanation.values.shape == (30, 10)


@pytest.mark.parametrize("draw", [beeswarm_png, bar_png])
def test_a_picture_has_no_ground_and_words_in_the_ink(explanation: Any, draw: Any) -> None:
    pixels = np.asarray(Image.open(io.BytesIO(draw(explanation, "value", INK))))
    assert pixels.shape[2] == 4
    assert (pixels[..., 3] == 0).mean() > 0.5
    ink = tuple(int(INK[i : i + 2], 16) for i in (1, 3, 5))
    assert (np.abs(pixels[..., :3].astype(int) - ink).max(axis=-1) < 3).sum() > 500
    assert plt.get_fignums() == []


@pytest.mark.parametrize("draw", [beeswarm_png, bar_png])
def test_every_chinese_character_has_a_glyph(explanation: Any, draw: Any) -> None:
    """matplotlib draws a box for one it lacks, and warns."""
    known = catalogue(Language.CHINESE).say
    said = as_shap(explanation.values, np.zeros(30), [known(name) for name in NAMES])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        drawn = draw(said, known("mean magnitude of the value"), INK)
    assert drawn != draw(explanation, "mean magnitude of the value", INK)
    assert not any("Face2Bone" in family for family in plt.rcParams["font.family"])


def test_two_visitors_at_once_get_each_their_own(explanation: Any) -> None:
    alone = beeswarm_png(explanation, "value", INK)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(beeswarm_png(explanation, "value", INK)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 3
