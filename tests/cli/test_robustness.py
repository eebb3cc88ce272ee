import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.drawn.face import twins
from face2bone.drawn.face.twins import TWINS
from face2bone.modalities.photo import Photo

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "TWINS", TWINS[:2])


@pytest.mark.slow
def test_both_kinds_of_bundle_get_a_table(tiny_bundle: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "table.json"
    public = ROOT / "models" / "face-age-public"
    done = CliRunner().invoke(app, ["robustness", str(public), "--faces", "1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "apparent age in years" in done.output
    written = json.loads(out.read_text("utf-8"))
    assert written["bundle"] == "face-age-public"
    assert (written["faces"], written["shifts"][0]["faces"]) == (1, 1)
    of_classes = CliRunner().invoke(app, ["robustness", str(tiny_bundle.root), "--faces", "1"])
    assert of_classes.exit_code == 0, of_classes.output
    assert "named otherwise" in of_classes.output


def test_a_folder_that_is_no_bundle_is_a_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["robustness", str(tmp_path / "none"), "--faces", "1"])
    assert done.exit_code == 4
    assert "There is no bundle folder" in done.output


def test_a_folder_of_photos_takes_the_place_of_drawn_faces(
    astronaut_photo: Photo, tmp_path: Path
) -> None:
    Image.fromarray(astronaut_photo.pixels).save(tmp_path / "one.png")
    (tmp_path / "notes.txt").write_text("no photo", "utf-8")
    call = ["robustness", str(ROOT / "models" / "face-age-public"), "--photos", str(tmp_path)]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    assert "1 photograph" in done.output
    (tmp_path / "two.JPG").write_bytes(b"no picture")
    broken = CliRunner().invoke(app, call)
    assert broken.exit_code == 1
    assert "two.JPG" in broken.output
    for name in ("one.png", "two.JPG"):
        (tmp_path / name).unlink()
    empty = CliRunner().invoke(app, call)
    assert empty.exit_code == 1
    assert "holds no photos" in empty.output
