"""A face age evaluation as a folder: figures as text and JSON, a row a photo; whole or not at all.

evaluation.md    the text for people
metrics.json     the same for programs
answers.csv      one row a usable photo: the cohort's pseudonym and the photo's path; no picture
rejected.csv     photos left out, with the reason
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import pandas as pd

from face2bone.atomic_files import whole_folder
from face2bone.careful import bytes_of
from face2bone.errors import EvaluationError
from face2bone.evaluation.years import Answered
from face2bone.evaluation.years_record import YearsRecord, from_json, to_json
from face2bone.evaluation.years_words import years_text

REPORT: Final = "evaluation.md"
METRICS: Final = "metrics.json"
ANSWERS: Final = "answers.csv"
ANSWER_TEXTS: Final = ("patient_id", "photo", "sex")
ANSWER_NUMBERS: Final = {"age_years", "years", "low", "high", "gap", "out_of_domain"}


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


@dataclass(frozen=True)
class YearsRead:
    """A finished evaluation: its record, and one row a usable photo."""

    record: YearsRecord
    answers: pd.DataFrame


def read_years(folder: Path) -> YearsRead:
    """An evaluation that was written; raises ``EvaluationError`` for one that cannot be read."""
    try:
        record = from_json(bytes_of(folder / METRICS), METRICS)
        data = bytes_of(folder / ANSWERS)
        answers = pd.read_csv(BytesIO(data), dtype=dict.fromkeys(ANSWER_TEXTS, str))
    except (OSError, ValueError) as error:
        raise EvaluationError(
            "The evaluation in {folder} cannot be read. Run face2bone evaluate again.",
            folder=folder.name,
        ) from error
    numbers = answers.select_dtypes("number").columns
    if set(answers.columns) != {*ANSWER_TEXTS, *ANSWER_NUMBERS} or set(numbers) != ANSWER_NUMBERS:
        raise EvaluationError(
            "{file} of {folder} does not hold the answers of an evaluation. Run face2bone evaluate "
            "again.",
            file=ANSWERS,
            folder=folder.name,
        )
    return YearsRead(record, answers)
