"""The guards speak when they should and keep quiet when they should: rates over twenty cohorts.

Cohorts of 250 drawn patients are written as a hospital would have written them. In half of them
the photos of the diseased are then changed in one way that has nothing to do with a face, or are
said to come from another device; copies of photos are smuggled in under other patients.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance

from face2bone.bone import bone_class
from face2bone.cohort.manifest import read_manifest
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.evaluation.guards.report import Guarded, guard_cohort

COHORTS = 20
PATIENTS = 250
FIRST_SEED = TEST_SEED_RANGE.start + 33_000
FAULTS = ("png", "bright", "compressed", "background", "device")
COPIES = 3
LET_THROUGH = 0.1  # share of the diseased whose photo stays as it is: clinics are not tidy


def altered(data: bytes, fault: str) -> bytes:
    """The photo as another camera or clerk would have stored it."""
    picture, buffer = Image.open(io.BytesIO(data)), io.BytesIO()
    if fault == "png":
        picture.save(buffer, format="PNG")
        return buffer.getvalue()
    if fault == "bright":
        picture = ImageEnhance.Brightness(picture).enhance(1.25)
    if fault == "background":
        pixels = np.array(picture)
        strip = pixels.shape[1] // 10
        for side in (slice(0, strip), slice(-strip, None)):
            pixels[:, side] = (0.6 * pixels[:, side] + 0.4 * np.array([70, 90, 160])).astype(
                np.uint8
            )
        picture = Image.fromarray(pixels)
    picture.save(buffer, format="JPEG", quality=70 if fault == "compressed" else 92)
    return buffer.getvalue()


def plant(folder: Path, fault: str, seed: int) -> None:
    """Change the photos, or the device, of most patients with osteoporosis."""
    manifest = folder / "manifest.csv"
    table, rng = pd.read_csv(manifest), np.random.default_rng(seed)
    ill = np.array([bone_class(t) == 2 for t in table["t_score"]])
    ill &= rng.random(len(table)) > LET_THROUGH
    if fault == "device":
        table["device"] = np.where(ill, "tablet B", "tablet A")
    else:
        for row in np.flatnonzero(ill):
            path = folder / table.loc[row, "photo"]
            new = path.with_suffix(".png" if fault == "png" else ".jpg")
            data = altered(path.read_bytes(), fault)
            path.unlink()
            new.write_bytes(data)
            table.loc[row, "photo"] = str(new.relative_to(folder))
    table.to_csv(manifest, index=False)


def smuggle(folder: Path, seed: int) -> None:
    """Copies of photos, stored again at another quality, under patients of their own."""
    manifest = folder / "manifest.csv"
    table, rng = pd.read_csv(manifest), np.random.default_rng(seed)
    copies = table.loc[rng.choice(len(table), COPIES, replace=False)].copy()
    for place, (row, photo) in enumerate(copies["photo"].items()):
        copy = folder / "photos" / f"copy-{place}.jpg"
        with Image.open(folder / photo) as picture:
            picture.convert("RGB").save(copy, format="JPEG", quality=60)
        copies.loc[row, ["patient_id", "photo"]] = [f"copy-{place}", f"photos/{copy.name}"]
    pd.concat([table, copies]).to_csv(manifest, index=False)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Guarded, Guarded]]:
    """Each cohort clean, then faulty."""
    found = []
    for number in range(COHORTS):
        folder = tmp_path_factory.mktemp("cohort")
        manifest = write_cohort(folder, PATIENTS, World.PLANTED, FIRST_SEED + number, workers=2)
        clean = guard_cohort(read_manifest(manifest))
        plant(folder, FAULTS[number % len(FAULTS)], number)
        smuggle(folder, number)
        found.append((clean, guard_cohort(read_manifest(manifest))))
        shutil.rmtree(folder)
    return found


def voices(results: list[Guarded]) -> int:
    return sum(bool(g.shortcuts and g.shortcuts.loud) for g in results)


def test_the_probe_hears_planted_shortcuts_and_nothing_on_clean_cohorts(
    guarded: list[tuple[Guarded, Guarded]],
) -> None:
    clean, faulty = (voices([pair[k] for pair in guarded]) for k in (0, 1))
    print(f"the probe raised its voice on {faulty} of {COHORTS} faulty and {clean} clean cohorts")
    assert faulty >= 19
    assert clean <= 1


def test_the_leak_detector_finds_every_copy_and_accuses_nobody(
    guarded: list[tuple[Guarded, Guarded]],
) -> None:
    accused = sum(len(clean.leaks) for clean, _ in guarded)
    copies = [
        sum(leak.kind == "photo_of_two_patients" for leak in faulty.leaks) for _, faulty in guarded
    ]
    print(f"{sum(copies)} of {COPIES * COHORTS} copies found; {accused} clean pairs accused")
    assert copies == [COPIES] * COHORTS
    assert accused == 0
