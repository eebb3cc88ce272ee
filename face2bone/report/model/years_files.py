"""A face age evaluation as a folder: figures as text and JSON, a row a photo; whole or not at all.

evaluation.md    the text for people
metrics.json     the same for programs
answers.csv      one row a usable photo, by the cohort's pseudonym; no photo
rejected.csv     photos left out, with the reason
"""

from pathlib import Path
from typing import Final

from face2bone.atomic_files import whole_folder
from face2bone.errors import EvaluationError
from face2bone.evaluation.years import Answered
from face2bone.evaluation.years_record import to_json
from face2bone.evaluation.years_words import years_text

REPORT: Final = "evaluation.md"
METRICS: Final = "metrics.json"


def check_years_out(out: Path) -> None:
    """Raise ``EvaluationError`` when ``out`` holds anything but an earlier such evaluation."""
    if not out.exists():
        return
    ours = out.is_dir() and (out / REPORT).is_file() and (out / METRICS).is_file()
    if not out.is_dir() or (any(out.iterdir()) and not ours):
        raise EvaluationError(
            "{folder} is there and holds no face age evaluation. Choose a new folder for --out.",
            folder=out.name,
        )


def write_years(found: Answered, out: Path) -> tuple[str, Path]:
    """Write the folder and rename it into place; returns the text and its path."""
    check_years_out(out)
    text = years_text(found.record)
    with whole_folder(out) as made:
        (made / REPORT).write_text("# Face age, measured\n\n" + text, "utf-8")
        (made / METRICS).write_bytes(to_json(found.record))
        for name, table in (("answers", found.answers), ("rejected", found.rejected)):
            table.to_csv(made / f"{name}.csv", index=False, lineterminator="\n")
    return text, out / REPORT
