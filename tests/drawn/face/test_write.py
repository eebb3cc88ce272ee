"""A written cohort: readable by the manifest's rules, marked, whole or absent, resumable."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.splits import identical_photos
from face2bone.drawn.face import write as module
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION, PATIENT_MODEL_HASH
from face2bone.drawn.face.write import (
    IMAGE_DESCRIPTION,
    photo_bytes,
    photo_name,
    truth_table,
    write_cohort,
)
from face2bone.drawn.worlds import World
from face2bone.errors import ManifestError

SEED = 400_020
SIZE = 96
N = 9  # one batch more than a worker takes at a time


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small cohort, drawn once, by two processes."""
    out = tmp_path_factory.mktemp("cohorts") / "planted"
    write_cohort(out, N, World.PLANTED, SEED, size=SIZE, workers=2)
    return out


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace drawing by plain bytes; lists the patients that were drawn."""
    names: list[str] = []

    def plain(face_of: object, size: int, patient: DrawnPatient) -> bytes:
        names.append(patient.patient_id)
        return f"{patient.patient_id} {size}".encode()

    monkeypatch.setattr(module, "_bytes", plain)
    return names


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.slow
def test_the_manifest_keeps_its_own_rules(written: Path) -> None:
    cohort = read_manifest(written / "manifest.csv")
    patients = draw_cohort(N, World.PLANTED, SEED)
    assert list(cohort.table["patient_id"]) == [p.patient_id for p in patients]
    assert list(cohort.table["t_score"]) == [p.t_score for p in patients]
    assert list(cohort.labels) == [int(p.bone_class) for p in patients]
    assert identical_photos(cohort) == []


@pytest.mark.slow
def test_the_folder_holds_what_is_promised_and_nothing_else(written: Path) -> None:
    photos = {photo_name(p.patient_id) for p in draw_cohort(N, World.PLANTED, SEED)}
    files = {"manifest.csv", "README.txt", "cohort.yaml", "truth.parquet"}
    assert set(contents(written)) == files | photos


@pytest.mark.slow
def test_every_photo_says_that_it_is_drawn(written: Path) -> None:
    for path in (written / "photos").iterdir():
        with Image.open(path) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (SIZE, SIZE))
            assert image.getexif()[IMAGE_DESCRIPTION] == "drawn face"
            assert image.info["comment"] == b"drawn face"


@pytest.mark.slow
def test_a_worker_writes_the_bytes_this_process_draws(written: Path) -> None:
    first = draw_cohort(1, World.PLANTED, SEED)[0]
    data = photo_bytes(first, SIZE)
    assert data == (written / photo_name(first.patient_id)).read_bytes()
    with Image.open(io.BytesIO(data)) as image:
        assert np.asarray(image).std() > 10


@pytest.mark.slow
def test_the_plan_says_how_to_draw_it_again(written: Path) -> None:
    assert yaml.safe_load((written / "cohort.yaml").read_text()) == {
        "drawn": True,
        "world": "planted",
        "seed": SEED,
        "patients": N,
        "photo_size_px": SIZE,
        "generator_version": GENERATOR_VERSION,
        "generator_hash": GENERATOR_HASH,
        "patient_model_hash": PATIENT_MODEL_HASH,
    }
    readme = (written / "README.txt").read_text()
    assert readme.startswith("DRAWN PATIENTS. Nobody in this folder exists.")


@pytest.mark.slow
def test_the_truth_is_kept_apart(written: Path) -> None:
    truth = pd.read_parquet(written / "truth.parquet")
    patients = draw_cohort(N, World.PLANTED, SEED)
    pd.testing.assert_frame_equal(truth, truth_table(patients))
    assert list(truth["orbit"]) == [p.ageing.orbit for p in patients]
    assert not set(truth) & {"photo", "t_score"}
    assert not set(pd.read_csv(written / "manifest.csv")) & {"orbit", "wrinkle", "seed"}


def test_an_interrupted_cohort_is_completed_not_drawn_again(
    tmp_path: Path, drawn: list[str]
) -> None:
    def stop(done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_cohort(tmp_path / "c", 20, World.NULL, SEED, workers=1, progress=stop)
    assert not (tmp_path / "c" / "manifest.csv").exists()
    (tmp_path / "c" / "photos" / ".left.part").write_bytes(b"half a photo")
    assert len(drawn) == 8

    seen: list[tuple[int, int]] = []
    write_cohort(
        tmp_path / "c", 20, World.NULL, SEED, workers=1, progress=lambda a, b: seen.append((a, b))
    )
    assert len(drawn) == len(set(drawn)) == 20
    assert seen == [(16, 20), (20, 20)]
    assert not list(tmp_path.rglob("*.part"))
    once = contents(tmp_path / "c")
    write_cohort(tmp_path / "c", 20, World.NULL, SEED, workers=1)
    assert len(drawn) == 20
    assert contents(tmp_path / "c") == once


def test_the_same_seed_writes_the_same_folder(tmp_path: Path, drawn: list[str]) -> None:
    for name in ("a", "b"):
        write_cohort(tmp_path / name, 5, World.BLANK, SEED, workers=1)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_folder_with_another_cohort_is_refused(tmp_path: Path, drawn: list[str]) -> None:
    write_cohort(tmp_path, 2, World.PLANTED, SEED, workers=1)
    before = contents(tmp_path)
    with pytest.raises(ManifestError, match="another drawn cohort"):
        write_cohort(tmp_path, 2, World.NULL, SEED, workers=1)
    assert contents(tmp_path) == before


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"")
    with pytest.raises(ManifestError, match="not empty"):
        write_cohort(tmp_path, 2, World.PLANTED, SEED, workers=1)
    assert list(tmp_path.iterdir()) == [tmp_path / "thesis.docx"]
