"""The Cohort page's plots count every picture once."""

import numpy as np
import pandas as pd

from face2bone.dashboard.cohort import cohort_charts
from tests.scoring.answering import FACTS


def scored(p: list[tuple[float, float, float]], unlike: list[str]) -> pd.DataFrame:
    shares = np.array(p)
    named = [FACTS.classes[k] for k in shares.argmax(axis=1)]
    columns = dict(zip((f"p_{label}" for label in FACTS.classes), shares.T, strict=True))
    return pd.DataFrame({**columns, "most_probable": named, "unlike_training": unlike})


ROWS = scored(
    [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.1, 0.63, 0.27), (0.0, 0.28, 0.72)],
    ["no", "no", "yes", "yes"],
)


def test_every_picture_stands_in_its_own_bin() -> None:
    bars = cohort_charts.probabilities(ROWS, FACTS).data[0]
    assert list(np.repeat(bars.x, bars.y).round(3)) == [0.025, 0.275, 0.725, 0.975]


def test_pictures_unlike_training_are_counted_apart_and_hatched() -> None:
    like, unlike = cohort_charts.classes(ROWS, FACTS).data
    assert list(like.y) == [1, 0, 1]
    assert list(unlike.y) == [0, 1, 1]
    assert (like.marker.pattern.shape, unlike.marker.pattern.shape) == ("", "/")


def test_a_few_pictures_are_counted_one_by_one() -> None:
    assert cohort_charts.classes(ROWS, FACTS).layout.yaxis.dtick == 1
    many = pd.concat([ROWS] * 10)
    assert cohort_charts.classes(many, FACTS).layout.yaxis.dtick is None
