"""A scored cohort explained: who is explained, what is kept of them, and what is asked first."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.cohort_explanations import scored as module
from face2bone.cohort_explanations.scored import explain_scored, why_not
from face2bone.cohort_explanations.table import explored
from face2bone.drawn.face.samples import sample_patients
from face2bone.errors import ExplanationError
from face2bone.explain.photo_row import PhotoFigures
from face2bone.modalities.prepared import Prepared
from face2bone.runtime import make_engine
from face2bone.scoring.job import prepared, run
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.score_list import ScoreList, listed

HEADER = "patient_id,photo,sex,age_years,height_cm,weight_kg,t_score,photo_consent"
NAMED = "patient_id,photo,sex,age_years,height_cm,weight_kg,bone_mass_class"
ROWS = ("A,0.jpg,F,81,155,49,-3.0,yes", "B,1.jpg,M,68,183,75,-2.3,", "C,2.jpg,F,53,162,64,-0.7,no")


def quick(
    _bundle: object, _engine: object, face: Prepared, progress: Any, _beside: object
) -> PhotoFigures:
    """In the network's place: figures of the right shape, of this picture."""
    progress(1.0)
    return PhotoFigures(
        probabilities=np.array([0.2, 0.3, 0.5]),
        members=np.array([False, True, True]),
        distance=float(face.pixels.mean()),
        values=np.ones((10, 4)),
        base=np.zeros(4),
        full=np.full(4, 10.0),
        presence=np.zeros(4),
        importance=np.zeros((4, 3)),
        reconstruction_error=0.5,
    )


def given(rows: tuple[str, ...] = ROWS, header: str = HEADER) -> tuple[ScoreList, Any]:
    files = {f"{i}.jpg": sample_patients()[i].photo_bytes() for i in range(3)}
    files["3.jpg"] = b"no picture"
    return listed(GivenPictures({**files, "list.csv": "\n".join((header, *rows)).encode()}))


@pytest.fixture(scope="module")
def assessor(tiny_bundle: Bundle) -> Assessor:
    return Assessor(tiny_bundle, make_engine(tiny_bundle, "torch"))


def test_every_scored_picture_is_explained_and_explore_can_show_it(
    assessor: Assessor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "photo_figures", quick)
    scored, pictures = given((*ROWS, "D,3.jpg,F,70,160,60,-1.5,"))
    rows = run(prepared(scored, pictures, assessor, lambda _: None), tmp_path, lambda _: None)
    told: list[float] = []
    found = explain_scored(
        scored, pictures, rows, assessor, lambda _, share, *rest: told.append(share)
    )
    assert list(found.table["patient_id"]) == ["A", "B", "C"]
    assert list(found.table["bone_mass_class"]) == ["osteoporosis", "osteopenia", "normal"]
    assert len(set(found.table["ood_distance"])) == 3  # each of its own picture
    assert [kept is not None for kept in found.table["thumbnail"]] == [True, False, False]
    assert (found.about.photos, found.about.rejected, found.about.drawn) == (3, 1, False)
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])
    shown = explored(found)
    assert len(shown.groups[0].regions["normal"]) == 10


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (("A,0.jpg",), "patient_id,photo", "sex, age_years, height_cm, weight_kg, t_score"),
        ((ROWS[0], "B,1.jpg,M,68,,75,-2.3,"), HEADER, "every row needs height_cm:"),
        ((ROWS[0], "B,1.jpg,M,68,183,75,,"), HEADER, "every row needs t_score or"),
        (("A,0.jpg,F,81,155,49,normal",), NAMED, ""),
        (ROWS, HEADER, ""),
    ],
)  # fmt: skip
def test_a_list_says_what_it_lacks(rows: tuple[str, ...], header: str, said: str) -> None:
    reason = why_not(given(rows, header)[0])
    assert said in reason
    assert bool(reason) is bool(said)


def test_a_list_that_lacks_something_is_refused(assessor: Assessor) -> None:
    scored, pictures = given(("A,0.jpg",), "patient_id,photo")
    with pytest.raises(ExplanationError, match="every row needs"):
        explain_scored(scored, pictures, (), assessor, lambda *_: None)
    scored, pictures = given()
    with pytest.raises(ExplanationError, match="No picture was scored"):
        explain_scored(scored, pictures, (), assessor, lambda *_: None)
