from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.progress import FractionDone
from face2bone.report.apparent_age import ApparentAgeDocument
from face2bone.report.assessment.document import read_document

RUN = CliRunner()
YEARS = np.arange(10) / 2  # of each part


@pytest.fixture
def astronaut(astronaut_photo: Photo, tmp_path: Path) -> Path:
    from PIL import Image

    Image.fromarray(astronaut_photo.pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_a_photo_gets_years_limits_and_a_document(
    astronaut: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The game itself is played in tests/test_apparent_age.py; here its values are known."""

    def game(_: object, face: Prepared, fill: Baseline, told: FractionDone) -> RegionAttribution:
        return RegionAttribution(all_coalitions(10) @ YEARS[:, None], fill.name, face.parts)

    monkeypatch.setattr("face2bone.apparent_age.region_shapley", game)
    done = RUN.invoke(app, ["face-age", str(astronaut), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "How old the face looks to face-age-public 1.0.0: about " in done.output
    assert "not calibrated" in done.output
    written = (tmp_path / "out" / "face_age.json").read_bytes()
    document = ApparentAgeDocument.model_validate_json(written)
    assert not document.apparent_age.regions_withheld
    for told in document.apparent_age.regions:
        assert list(told.values.values()) == pytest.approx(YEARS)
        assert (told.base, told.full) == (0.0, pytest.approx(YEARS.sum()))
    assert [told.baseline for told in document.apparent_age.regions] == ["blur", "inpaint"]
    assert f"{FACE_PARTS[9].label} +4.5, " in done.output
    assert "not a medical device" in document.notice


def test_without_an_explanation_nothing_is_said_of_parts(astronaut: Path) -> None:
    done = RUN.invoke(app, ["face-age", str(astronaut), "--no-explanation"])
    assert done.exit_code == 0
    assert "part" not in done.output.partition("It is not the age")[0]


def test_what_cannot_be_used_is_one_sentence(astronaut: Path, tmp_path: Path) -> None:
    missing = RUN.invoke(app, ["face-age", str(tmp_path / "none.png")])
    assert missing.exit_code == 2
    assert "There is no readable file" in missing.output
    demo = Path(__file__).resolve().parents[2] / "models" / "demo"
    wrong = RUN.invoke(app, ["face-age", str(astronaut), "--bundle", str(demo)])
    assert wrong.exit_code == 4
    assert "does not say how old" in wrong.output
    (tmp_path / "text.jpg").write_bytes(b"no photo")
    unreadable = RUN.invoke(app, ["face-age", str(tmp_path / "text.jpg")])
    assert unreadable.exit_code == 2


def test_assess_says_it_beside_the_result_when_asked(
    astronaut: Path, tmp_path: Path, tiny_bundle: Bundle
) -> None:
    told = ["--age", "42", "--sex", "F", "--height", "168", "--weight", "60", "--no-explanation"]
    call = ["assess", str(astronaut), *told, "--bundle", str(tiny_bundle.root)]
    for name, more in (("with", ["--face-age"]), ("without", [])):
        done = RUN.invoke(app, [*call, "--out", str(tmp_path / name), *more])
        assert done.exit_code == 0, done.output
        assert ("How old the face looks" in done.output) == bool(more)
    with_age, without = (
        read_document((tmp_path / name / "assessment.json").read_bytes())
        for name in ("with", "without")
    )
    assert with_age.apparent_age is not None
    assert with_age.apparent_age.bundle.name == "face-age-public"
    assert without.apparent_age is None
    assert with_age.referral == without.referral
