"""docs/worked-patients.md is what the program answers today."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_of_worked_patients_has_not_drifted() -> None:
    written = subprocess.run(
        [sys.executable, ROOT / "tools" / "worked_patients.py"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    page = (ROOT / "docs" / "worked-patients.md").read_text("utf-8")
    assert written == page, "run python tools/worked_patients.py > docs/worked-patients.md"
    assert written.count("**Suggestion: ") == 8
