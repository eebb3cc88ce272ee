"""The same job on several workers: the same rows to the digit, whoever is killed on the way.

It runs in processes of its own, as it does for a person.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from socket import gethostname

import pytest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.cluster import LOCAL
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.worlds import World
from face2bone.errors import ScoringError
from face2bone.scoring.cluster import Cluster, Model, Scorer, _row
from face2bone.scoring.job import NOTHING, Job, Standing, prepared, run
from face2bone.scoring.journal import ROWS, row_of_line
from face2bone.scoring.pictures import FolderPictures
from face2bone.scoring.score_list import list_of_pictures, opened

COUNT = 40
ACTOR = b"ray::MapWorker"


def silent(_: Standing) -> None:
    pass


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn faces, and one file that is no picture."""
    folder = tmp_path_factory.mktemp("cohort") / "drawn"
    write_cohort(folder, 8, World.PLANTED, 400_340, workers=1)
    drawn = sorted((folder / "photos").iterdir())
    for number in range(len(drawn), COUNT - 1):
        # A byte behind the picture's end: another file, which costs no drawing.
        content = drawn[number % len(drawn)].read_bytes() + bytes([number])
        (folder / "photos" / f"again-{number:03}.jpg").write_bytes(content)
    (folder / "photos" / "zz.jpg").write_bytes(b"no picture")
    return folder / "photos"


@pytest.fixture
def job(photos: Path, tiny_bundle: Bundle, fresh_settings: pytest.MonkeyPatch) -> Job:
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")
    listed, pictures = opened(photos)
    return prepared(listed, pictures, Assessor(tiny_bundle), silent)


def model_of(job: Job) -> Model:
    assessor = job.assessor
    return Model(assessor.bundle.root, assessor.facts.sha256, "torch", assessor.engine.name)


def test_a_job_that_is_done_starts_no_cluster(
    photos: Path, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    three = prepared(list_of_pictures(["zz.jpg"]), FolderPictures(photos), job.assessor, silent)
    rows = run(three, tmp_path, silent)
    assert run(three, tmp_path, silent, Cluster(LOCAL, 2, photos)) == rows


def test_an_actor_says_which_picture_was_changed(
    photos: Path, job: Job, tiny_bundle: Bundle
) -> None:
    scorer = Scorer(model_of(job), FolderPictures(photos))
    name = job.scored.names[0]
    item = {"position": 0, "name": name, "sha256": job.sha256s[0], "beside": []}
    lost = item | {"name": "lost.jpg"}
    answers = scorer({"item": [item, item | {"sha256": "0" * 64}, lost]})
    assert row_of_line(answers["line"][0]).outcome == "scored"
    assert answers["line"][1:] == ["", ""]
    assert answers["name"] == [name, name, "lost.jpg"]
    assert answers["now"] == ["", job.sha256s[0], NOTHING]
    assert answers["differs"] == ["", "", ""]


@pytest.mark.parametrize("other", [{"sha256": "0" * 64}, {"engine_name": "torch cuda f32"}])
def test_an_actor_scores_nothing_by_another_model_or_engine(
    photos: Path, job: Job, other: dict[str, str]
) -> None:
    scorer = Scorer(replace(model_of(job), **other), FolderPictures(photos))
    item = {"position": 0, "name": job.scored.names[0], "sha256": job.sha256s[0], "beside": []}
    answers = scorer({"item": [item]})
    assert answers["line"] == [""]
    assert answers["differs"] == [f"{gethostname()}: torch cpu f32"]


def test_a_machine_without_the_model_is_named_with_its_reason(photos: Path, job: Job) -> None:
    nowhere = replace(model_of(job), folder=photos / "no-model")
    scorer = Scorer(nowhere, FolderPictures(photos))
    item = {"position": 0, "name": job.scored.names[0], "sha256": job.sha256s[0], "beside": []}
    answers = scorer({"item": [item]})
    assert answers["line"] == [""]
    (differs,) = answers["differs"]
    assert differs.startswith(f"{gethostname()}: ")
    assert "no-model" in differs


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ({"line": "", "name": "1.jpg", "now": "0" * 64, "differs": ""}, "'1.jpg' was changed"),
        ({"line": "", "name": "1.jpg", "now": NOTHING, "differs": ""}, "cannot be read where"),
        ({"line": "", "name": "1.jpg", "now": "", "differs": "torch cpu f32"}, "another model"),
    ],
)
def test_what_an_actor_could_not_do_ends_the_job_with_its_reason(
    result: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ScoringError, match=sentence):
        _row(result, "openvino cpu f32")


@pytest.mark.slow
def test_an_address_where_nobody_answers_is_refused(
    needs_ray: None, photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    done = scoring(photos, tmp_path / "out", tiny_bundle, "--cluster", "127.0.0.1:9")
    _, complaint = done.communicate()
    assert done.returncode == 1
    assert "No Ray cluster answers at" in complaint
    assert "Traceback" not in complaint


def scoring(photos: Path, out: Path, bundle: Bundle, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "face2bone", "score", str(photos), "--out", str(out)]
    return subprocess.Popen(
        [*command, "--bundle", str(bundle.root), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"FACE2BONE_ENGINE": "torch"},
        start_new_session=True,
    )


def table_of(process: subprocess.Popen[str], out: Path) -> bytes:
    said, complaint = process.communicate(timeout=240)
    assert process.returncode == 0, complaint
    assert f"{COUNT - 1} scored, 1 rejected" in said
    return (out / "scores.csv").read_bytes()


def actors() -> list[int]:
    """The processes of all actors that score on this machine."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(ACTOR):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def rows_done(out: Path) -> int:
    files = list(out.parent.glob(f".{out.name}-scoring/*/{ROWS}"))
    return files[0].read_bytes().count(b"\n") if files else 0


def wait_for(rows: int, out: Path, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 180
    while rows_done(out) < rows:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_two_workers_give_the_same_table_to_the_byte(
    needs_ray: None, photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    alone = table_of(scoring(photos, here, tiny_bundle), here)
    process = scoring(photos, there, tiny_bundle, "--cluster", LOCAL, "--workers", "2")
    assert table_of(process, there) == alone


@pytest.mark.slow
def test_an_actor_that_is_killed_loses_and_repeats_nothing(
    needs_ray: None, photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    before, out = set(actors()), tmp_path / "out"
    process = scoring(photos, out, tiny_bundle, "--cluster", LOCAL, "--workers", "2")
    wait_for(1, out, process)
    killed = [one for one in actors() if one not in before]
    os.kill(killed[0], signal.SIGKILL)
    alone = table_of(scoring(photos, tmp_path / "here", tiny_bundle), tmp_path / "here")
    assert table_of(process, out) == alone


@pytest.mark.slow
def test_a_job_that_is_killed_goes_on_from_what_is_scored(
    needs_ray: None, photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = scoring(photos, out, tiny_bundle, "--cluster", LOCAL, "--workers", "2")
    wait_for(8, out, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = rows_done(out)
    assert 8 <= kept < COUNT
    alone = table_of(scoring(photos, tmp_path / "here", tiny_bundle), tmp_path / "here")
    assert table_of(scoring(photos, out, tiny_bundle, "--cluster", LOCAL), out) == alone
