"""What is imported when: nothing heavy for a first page or for help, no training package at all.

Each in a process of its own, because this one has imported everything.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "alembic",
    "mediapipe",
    "openvino",
    "pandas",
    "scipy.stats",
    "shap",
    "sklearn",
    "sqlalchemy",
    "torch",
    "typst",
}
TRAINING = {"lightning", "torchmetrics", "pytorchcv", "monai", "einops"}
WITHOUT_TRAINING = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {training}:
            raise ImportError("the training group is not installed: " + name)

sys.meta_path.insert(0, Refuse())
import face2bone
for found in pkgutil.walk_packages(face2bone.__path__, "face2bone."):
    # Alembic's own scripts run inside a migration only.
    if found.name.split(".")[1] in {floors} and ".migrations." not in found.name:
        importlib.import_module(found.name)
"""
FLOORS = ("dashboard", "cli", "doctor", "assess", "explore", "report", "records", "runtime")


def run(code: str) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def imported_by(code: str) -> set[str]:
    return set(run(f"import sys\n{code}\nprint(*sys.modules, sep='\\n')").split())


def test_the_first_page_is_drawn_before_anything_heavy_is_imported() -> None:
    modules = imported_by("import streamlit_app, face2bone.dashboard.review.page")
    assert "face2bone.dashboard.review.photo_step" in modules
    assert not modules & HEAVY


def test_help_imports_typer_and_little_else() -> None:
    modules = imported_by("import face2bone.cli")
    assert not modules & (HEAVY | {"numpy", "pydantic", "cv2", "PIL", "streamlit"})


def test_the_package_itself_imports_nothing_until_a_name_is_asked_for() -> None:
    loaded = {m for m in imported_by("import face2bone") if m.startswith("face2bone.")}
    assert not loaded
    assert "face2bone.patient" in imported_by("from face2bone import Patient")


@pytest.mark.slow
@pytest.mark.parametrize("module", ["face2bone.assess", "face2bone.report.assessment.files"])
def test_an_assessment_imports_no_library_of_tables_or_statistics(module: str) -> None:
    heavy = {"pandas", "scipy.stats", "scipy.optimize", "scipy.ndimage", "sklearn", "matplotlib"}
    heavy |= {"shap", "sqlalchemy"}
    assert not imported_by(f"import {module}") & heavy


@pytest.mark.slow
def test_dashboard_and_command_line_do_without_the_training_group() -> None:
    run(WITHOUT_TRAINING.format(training=TRAINING, floors=FLOORS))
