"""A survival study as a folder: figures as text and JSON, and the curves of each score.

survival.md      the text for people
survival.json    the same for programs
curves-1.svg     Kaplan-Meier curves of the first score's quarters, and so on
"""

from pathlib import Path
from typing import Final

from face2bone.atomic_files import write_whole
from face2bone.careful import bytes_of
from face2bone.drawing.survival_curves import standalone, survival_curves
from face2bone.errors import SurvivalError
from face2bone.evaluation.survival.record import SurvivalRecord, from_json, to_json
from face2bone.evaluation.survival.words import markdown
from face2bone.words import template

REPORT: Final = "survival.md"
FIGURES: Final = "survival.json"
CURVES: Final = template("Kaplan-Meier curves by quarter of the {name}")


def write_survival(record: SurvivalRecord, out: Path) -> Path:
    """Write the files, each whole or not at all; returns the report's path."""
    out.mkdir(parents=True, exist_ok=True)
    plots = []
    for place, score in enumerate(record.study.scores, start=1):
        plots.append(f"curves-{place}.svg")
        drawing = survival_curves(score.quartiles, CURVES.format(name=score.name))
        write_whole(out / plots[-1], standalone(drawing))
    write_whole(out / REPORT, markdown(record.study, record.of_what, plots))
    write_whole(out / FIGURES, to_json(record))
    return out / REPORT


def read_survival(folder: Path) -> SurvivalRecord:
    """A study that was written; raises ``SurvivalError`` for one that cannot be read."""
    try:
        return from_json(bytes_of(folder / FIGURES), FIGURES)
    except (OSError, ValueError) as error:
        raise SurvivalError(
            "The file {file} cannot be read. Run face2bone survival again.", file=FIGURES
        ) from error
