"""The manifest of a survival cohort: who was followed for how long, and who had the event.

    patient_id   one row a patient, by pseudonym
    sex          F or M
    age_years    on the day of the photo
    time_years   from the day of the photo to the event or the last visit
    event        1 where the event came then, 0 where the patient was last seen without it
    photo        path of a face photo; not needed where a score is given
    acquired_on, site, device, study    as in every manifest, where there are any

A score is a further column of numbers, such as a face age gap in years, that is named when the
manifest is read; so is what to adjust for beside age and sex, such as a stage. Any other column is
refused, as in ``manifest``: it may hold what must not travel. The errors name row, column and rule
of the first ten breaches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from face2bone.arrays import Flags, Floats
from face2bone.bone import Boundary
from face2bone.cohort.manifest import FOLLOWED, Cohort
from face2bone.cohort.row_rules import (
    ERRORS_SHOWN,
    Breach,
    Reader,
    number,
    photo,
    read_by,
    refusal,
    repeated,
    repeated_photos,
    rules_of_people,
)
from face2bone.errors import ManifestError
from face2bone.patient import Sex
from face2bone.survival.times import SurvivalTimes
from face2bone.tabular.cells import missing_columns, odd_columns, read_cells
from face2bone.words import CLAUSES, message, template, together

STUDY: Final = "face_survival"
TIME, EVENT = FOLLOWED
REQUIRED: Final = ("patient_id", "sex", "age_years", TIME, EVENT)
OPTIONAL: Final = ("photo", "acquired_on", "site", "device", "study")
TAKEN: Final = ("age", "score")  # names of columns of the models
LONGEST: Final = 100.0  # years of follow-up; beyond it is a slip, such as days for years


@dataclass(frozen=True)
class SurvivalCohort:
    """A checked manifest; ``score`` names its column of scores, or is empty; ``adjust`` others.

    table: the columns above that the file had, and those named; numbers are float64; its index is
    the spreadsheet row. Photo paths are relative to ``root``.
    """

    table: pd.DataFrame
    root: Path
    score: str = ""
    adjust: tuple[str, ...] = ()

    @property
    def times(self) -> SurvivalTimes:
        """Time and event of every row."""
        return SurvivalTimes.of(self.table[TIME], self.table[EVENT])

    @property
    def age_years(self) -> Floats:
        """Age of every row; (N,)."""
        return np.asarray(self.table["age_years"], np.float64)

    @property
    def male(self) -> Flags:
        """Whether the patient is a man; (N,)."""
        return np.asarray(self.table["sex"] == Sex.MALE.value, bool)

    @property
    def scores(self) -> Floats:
        """The score of every row; (N,)."""
        return np.asarray(self.table[self.score], np.float64)

    @property
    def others(self) -> dict[str, Floats]:
        """The columns to adjust for beside age and sex, by name; (N,) each."""
        return {name: np.asarray(self.table[name], np.float64) for name in self.adjust}

    @property
    def pictures(self) -> Cohort:
        """The same rows as the crop store reads a cohort's pictures."""
        return Cohort(self.table, self.root, Boundary.WHO)


def read_survival_manifest(
    path: Path, score: str = "", adjust: tuple[str, ...] = ()
) -> SurvivalCohort:
    """Read and check a manifest (.csv or .parquet) of a survival cohort.

    ``score`` names the column of scores; without one, every row needs a photo. ``adjust`` names
    further columns of numbers. Raises
    ``ManifestError`` naming row, column and rule of the first ten breaches.
    """
    path = Path(path)
    cells = read_cells(path)
    named = (*adjust, score) if score else adjust
    _check_header(path.name, list(cells.columns), score, named)
    if cells.empty:
        raise ManifestError(
            "{file} holds no patients. Add one row for each patient.", file=path.name
        )
    table, breaches = _parsed(cells, path.parent, score, named)
    if breaches:
        raise refusal(path.name, breaches)
    return SurvivalCohort(table, path.parent, score, adjust)


def _check_header(name: str, header: list[str], score: str, named: tuple[str, ...]) -> None:
    needed = [*REQUIRED, *named] if score else [*REQUIRED, "photo", *named]
    known = {*REQUIRED, *OPTIONAL, *named}
    taken = {*REQUIRED, *OPTIONAL, *TAKEN}
    problems: list[str] = [
        message("{column} cannot be the name of a score or of what is adjusted for", column=c)
        for c in dict.fromkeys(named)
        if c in taken or named.count(c) > 1
    ]
    problems += missing_columns(header, needed)
    problems += odd_columns(header, known)
    if problems:
        raise ManifestError(
            "The header of {file} (row 1) is wrong: {rules}. Use {needed} and, where "
            "you have them, {optional}; name a column of scores with --score, and what to "
            "adjust for with --adjust.",
            file=name,
            rules=together(problems[:ERRORS_SHOWN], CLAUSES),
            needed=tuple(dict.fromkeys(needed)),
            optional=tuple(OPTIONAL),
        )


def _parsed(
    cells: pd.DataFrame, root: Path, score: str, named: tuple[str, ...]
) -> tuple[pd.DataFrame, list[Breach]]:
    """The table with its numbers read, and every breach as (row, what is wrong)."""
    table, breaches = read_by(cells, _rules(root, score, named))
    same_patient = template("names a patient that an earlier row names")
    breaches += repeated(cells, "patient_id", lambda cell: cell, same_patient)
    if not score:
        breaches += repeated_photos(cells, root)
    return table, breaches


def _rules(root: Path, score: str, named: tuple[str, ...]) -> Mapping[str, Reader]:
    """How each column's cell is read; a ``ValueError`` is the rule that it breaks."""
    rules: dict[str, Reader] = {
        **rules_of_people(STUDY),
        TIME: _time,
        EVENT: _event,
        **dict.fromkeys(named, number),
    }
    return rules if score else rules | {"photo": lambda cell: photo(root, cell)}


def _time(cell: str) -> float:
    value = number(cell)
    if not 0.0 < value <= LONGEST:
        raise ValueError(message("must be above 0 and at most {most} years", most=f"{LONGEST:g}"))
    return value


def _event(cell: str) -> float:
    value = number(cell)
    if value not in (0.0, 1.0):
        raise ValueError(template("must be 1 for an event or 0 for a last visit without one"))
    return value
