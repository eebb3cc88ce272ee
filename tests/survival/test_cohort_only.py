"""Survival is said of cohorts: no page, report or record can reach a figure of one person's time.

Three nets: what speaks of one patient imports none of the statistics; no sentence of the program
forecasts a person's time; and the statistics give risks by patient only on the way to a sum.
"""

import re
from pathlib import Path

import pytest

from tests.test_floors import FILES, ROOT, imported_modules

ONE_PATIENT = (
    "face2bone.assess",
    "face2bone.bundle",
    "face2bone.clinical",
    "face2bone.dashboard",
    "face2bone.records",
    "face2bone.report.assessment",
    "face2bone.runtime",
    "pages",
    "streamlit_app",
)
COHORT_PAGE = "face2bone.dashboard.explore.followed"
"""The one page that opens a finished study: of a cohort, from its file, computing nothing."""
WRITTEN_DOWN = {
    "face2bone.drawing.survival_curves",
    "face2bone.evaluation.survival",
    *(f"face2bone.evaluation.survival.{name}" for name in ("clinical", "record", "study")),
    *(f"face2bone.evaluation.survival.{name}" for name in ("tables", "words")),
    "face2bone.report.model.survival_files",
}
FORECAST = re.compile(
    r"life expectancy|remaining (life|years|time)|years (left|to live|remaining)"
    r"|time (left )?to live|median survival|expected survival|survival time of"
    r"|(will|may|can expect to) live|(die|death|dead) (within|by|in the next)",
    re.IGNORECASE,
)
WRITTEN = [
    *FILES.values(),
    *(ROOT / "face2bone").rglob("*.toml"),
    *(ROOT / "face2bone").rglob("*.typ"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / "README.md",
]


def forecasts(path: Path) -> list[str]:
    text = " ".join(path.read_text("utf-8").split())
    return [f"{path.relative_to(ROOT)}: {found.group()}" for found in FORECAST.finditer(text)]


def test_what_speaks_of_one_patient_knows_no_survival() -> None:
    speaking = [module for module in FILES if module.startswith(ONE_PATIENT)]
    assert len(speaking) > 100
    reached = {
        f"{module} imports {target}"
        for module in speaking
        for target, _ in imported_modules(module, FILES[module].read_text("utf-8"))
        if re.search(r"\.survival", target)
        and not (module == COHORT_PAGE and target in WRITTEN_DOWN)
    }
    assert reached == set()


def test_no_sentence_forecasts_a_persons_time() -> None:
    assert [told for path in WRITTEN for told in forecasts(path)] == []


@pytest.mark.parametrize(
    "sentence",
    ["Life expectancy: 4 years", "He has 3 years left", "median survival", "she will live to 80"],
)
def test_the_rule_itself(sentence: str) -> None:
    assert FORECAST.search(sentence)
