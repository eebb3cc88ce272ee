"""The floor under the suite's branch coverage only ever rises."""

import re
import shutil
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOOR = re.compile(r"^\+fail_under = ([0-9.]+)", re.MULTILINE)


def test_the_floor_was_never_lowered() -> None:
    """In every commit this checkout knows, and in what is not yet committed."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs git and a checkout")
    log = ["git", "log", "--reverse", "--format=", "-p", "-U0", "-G^fail_under", "pyproject.toml"]
    changes = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]
    assert settings["run"]["branch"]
    floors = [*map(float, FLOOR.findall(changes)), settings["report"]["fail_under"]]
    assert all(before <= after for before, after in pairwise(floors)), floors
