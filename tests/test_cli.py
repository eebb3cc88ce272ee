"""The command line as its user meets it: exit codes, sentences and files.

In this process, from its entry point, because each process of its own costs seconds to start; an
error that would end in a traceback comes out of ``main`` and fails the test. Processes of their
own: the last test here, and whole assessments in test_offline.py.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from skimage.data import astronaut, chelsea

from face2bone.bundle import Bundle
from face2bone.bundle.card import DEMO_NOTICE
from face2bone.cli import main
from face2bone.report.assessment.assessment_json import AssessmentDocument

DETAILS = ["--age", "67", "--sex", "F", "--height", "158", "--weight", "52"]


@dataclass(frozen=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def face2bone(
    fresh_settings: pytest.MonkeyPatch, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs the command line with a network that answers at once."""
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(tiny_bundle.root))
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")

    def run(*arguments: object) -> Done:
        fresh_settings.setattr(sys, "argv", ["face2bone", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        assert isinstance(stopped.value.code, int)
        return Done(stopped.value.code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def astronaut_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "astronaut.jpg"
    Image.fromarray(astronaut()).save(path, quality=95)
    return path


@pytest.mark.slow
def test_assess_writes_every_file_and_says_what_it_is(
    face2bone: Command, astronaut_file: Path, tmp_path: Path
) -> None:
    frax = ["--frax-major", "20", "--frax-hip", "4", "--guideline", "nogg"]
    result = face2bone("assess", astronaut_file, *DETAILS, *frax, "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "high risk by NOGG 2024" in result.stdout
    assert DEMO_NOTICE in result.stdout
    assert "accepted with warnings" in result.stdout
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"assessment.json", "crop.png", "regions.png", "concepts.png"}
    document = AssessmentDocument.model_validate_json((tmp_path / "assessment.json").read_text())
    assert document.out_of_domain.is_outside == ("OUT OF DOMAIN" in result.stdout)
    assert document.bundle.status == "demo"
    assert all(len(game.regions) == 10 for game in document.regions)
    assert bool(document.regions) != bool(document.regions_withheld)
    assert document.notice == DEMO_NOTICE


def test_an_assessment_without_explanation_says_so(
    face2bone: Command, astronaut_file: Path, tmp_path: Path
) -> None:
    result = face2bone("assess", astronaut_file, *DETAILS, "--no-explanation", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert DEMO_NOTICE in result.stdout
    assert "was not explained" in result.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"assessment.json", "crop.png"}


def test_a_picture_without_a_face_is_exit_2_and_one_sentence(
    face2bone: Command, tmp_path: Path
) -> None:
    cat = tmp_path / "cat.png"
    Image.fromarray(chelsea()).save(cat)
    result = face2bone("assess", cat, *DETAILS, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess"],
        ["assess", "no-such-photo.jpg", *DETAILS],
        ["assess", __file__, "--age", "167", "--sex", "F", "--height", "158", "--weight", "52"],
        ["assess", __file__, "--age", "67", "--sex", "X", "--height", "158", "--weight", "52"],
        ["assess", __file__, *DETAILS, "--frax-major", "12"],
        ["assess", __file__, *DETAILS, "--frax-major", "2", "--frax-hip", "12"],
        ["assess", __file__, *DETAILS, "--guideline", "hearsay"],
        ["synth", "--out", "x", "--world", "flat"],
        ["nonsense"],
    ],
)
def test_bad_usage_is_exit_3_and_says_why(face2bone: Command, arguments: list[str]) -> None:
    result = face2bone(*arguments)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.strip()


def test_scores_needs_no_photo_and_takes_a_history(face2bone: Command, tmp_path: Path) -> None:
    history = tmp_path / "history.toml"
    answers = 'oestrogen = "never"\nt_scores = { lumbar_spine = -3.5, femoral_neck = -1.0 }'
    history.write_text(answers, "utf-8")
    result = face2bone("scores", *DETAILS, "--history", history, "--frax-major", 15)
    assert result.returncode == 0, result.stderr
    assert "adjusted for a lower spine (NOGG): 18.8 %" in result.stdout
    assert "OST, women: -3 points" in result.stdout
    assert "ORAI: 20 points" in result.stdout
    assert "SCORE: needs: ethnic group" in result.stdout


@pytest.mark.parametrize("text", ['oestrogen = "often"', "["])
def test_a_history_with_a_mistake_is_exit_3_and_one_sentence(
    face2bone: Command, tmp_path: Path, text: str
) -> None:
    history = tmp_path / "history.toml"
    history.write_text(text, "utf-8")
    result = face2bone("scores", *DETAILS, "--history", history)
    assert (result.returncode, result.stdout) == (3, "")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_bundle_is_exit_4(
    face2bone: Command, astronaut_file: Path, tmp_path: Path
) -> None:
    result = face2bone("assess", astronaut_file, *DETAILS, "--bundle", tmp_path / "nothing")
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.strip()


def test_bytes_that_are_no_photo_are_exit_2(face2bone: Command, tmp_path: Path) -> None:
    fake = tmp_path / "photo.jpg"
    fake.write_bytes(b"GIF89a")
    assert face2bone("assess", fake, *DETAILS, "--out", tmp_path / "out").returncode == 2


def test_synth_writes_a_cohort_that_reads_back(face2bone: Command, tmp_path: Path) -> None:
    from face2bone.cohort.manifest import read_manifest

    result = face2bone("synth", "--patients", 3, "--seed", 7, "--out", tmp_path / "cohort")
    assert result.returncode == 0, result.stderr
    assert "synthetic" in result.stdout
    assert len(read_manifest(tmp_path / "cohort" / "manifest.csv").table) == 3


@pytest.mark.slow
def test_demo_assesses_a_drawn_patient(face2bone: Command, tmp_path: Path) -> None:
    result = face2bone("demo", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "not a person" in result.stdout
    assert json.loads((tmp_path / "assessment.json").read_text())["notice"] == DEMO_NOTICE


def test_doctor_names_every_check(face2bone: Command) -> None:
    result = face2bone("doctor")
    for name in ("python", "pins", "opencv", "threads", "memory", "bundle", "drawn face"):
        assert name in result.stdout


def test_version_is_the_packages(face2bone: Command) -> None:
    from face2bone import __version__

    assert face2bone("version").stdout.strip() == __version__


def test_a_process_of_its_own_ends_with_the_same_code_and_sentence(face2bone: Command) -> None:
    command = [sys.executable, "-m", "face2bone", "nonsense"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert Done(process.returncode, process.stdout, process.stderr) == face2bone("nonsense")
