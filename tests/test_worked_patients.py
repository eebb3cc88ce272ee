"""docs/clinic/worked-patients.md is what the program answers today."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_the_page_of_worked_patients_has_not_drifted(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "tools" / "worked_patients.py"), run_name="__main__")
    written = capsys.readouterr().out
    page = (ROOT / "docs" / "clinic" / "worked-patients.md").read_text("utf-8")
    assert written == page, "run python tools/worked_patients.py > docs/clinic/worked-patients.md"
    assert written.count("**Suggestion: ") == 8
