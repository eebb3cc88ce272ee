"""The manifest of a cohort of known ages: photos of faces, and how old each person was.

    patient_id   the person, by pseudonym; several photos of one person are several rows
    photo        path of a face photo
    sex          F or M
    age_years    on the day of the photo
    acquired_on, site, device, photo_consent, study    as in every manifest, where there are any

Any other column is refused, as in ``manifest``: it may hold what must not travel. The errors name
row, column and rule of the first ten breaches.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.bone import Boundary
from face2bone.cohort.manifest import Cohort
from face2bone.cohort.manifest_schema import CONSENTS
from face2bone.cohort.row_rules import (
    ERRORS_SHOWN,
    Breach,
    Reader,
    clause,
    one_of,
    photo,
    read_by,
    refusal,
    repeated_photos,
    rules_of_people,
)
from face2bone.cohort.splits import one_side
from face2bone.errors import ManifestError
from face2bone.tabular.cells import missing_columns, odd_columns, read_cells, zeros_remarks
from face2bone.words import CLAUSES, template, together

STUDY: Final = "face_age"
REQUIRED: Final = ("patient_id", "photo", "sex", "age_years")
OPTIONAL: Final = ("acquired_on", "site", "device", "photo_consent", "study")
DECADE: Final = 10
ONE_SEX: Final = template("must be the same in every row of a person")


@dataclass(frozen=True)
class AgeCohort:
    """A checked manifest of known ages; its table's index is the spreadsheet row.

    Photo paths are relative to ``root``. Of one ``side`` of a split, ``whole`` is the cohort and
    ``split`` the split's file.
    """

    table: pd.DataFrame
    root: Path
    whole: "AgeCohort | None" = None
    side: str = ""
    split: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever uses this cohort should look at first, in sentences."""
        return zeros_remarks(self.table)

    @property
    def pictures(self) -> Cohort:
        """The same rows as the crop store reads a cohort's pictures."""
        whole = None if self.whole is None else self.whole.pictures
        return Cohort(self.table, self.root, Boundary.WHO, whole)


def decades(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The ten years of life each row's age lies in; (N,)."""
    return np.asarray(table["age_years"] // DECADE, np.int64)


def is_age_manifest(path: Path) -> bool:
    """Whether a manifest names this study itself; one that cannot be read does not."""
    try:
        cells = read_cells(Path(path))
    except ManifestError:
        return False
    return "study" in cells.columns and len(cells) > 0 and cells["study"].iloc[0] == STUDY


def read_age_manifest(path: Path) -> AgeCohort:
    """Read and check a manifest (.csv or .parquet) of known ages.

    Raises ``ManifestError`` naming row, column and rule of the first ten breaches.
    """
    path = Path(path)
    cells = read_cells(path)
    _check_header(path.name, list(cells.columns))
    if cells.empty:
        raise ManifestError("{file} holds nobody. Add one row for each photo.", file=path.name)
    table, breaches = read_by(cells, _rules(path.parent))
    breaches += repeated_photos(cells, path.parent)
    breaches += _of_two_sexes(cells)
    if breaches:
        raise refusal(path.name, breaches)
    return AgeCohort(table, path.parent)


def age_side(cohort: AgeCohort, path: Path, side: str) -> AgeCohort:
    """Those on one side of a recorded split, as ``splits.one_side`` finds them, and raising so."""
    chosen = one_side(cohort.pictures, path, side).table
    return AgeCohort(chosen, cohort.root, cohort, side, path.name)


def _check_header(name: str, header: list[str]) -> None:
    problems = [*missing_columns(header, REQUIRED), *odd_columns(header, (*REQUIRED, *OPTIONAL))]
    if problems:
        raise ManifestError(
            "The header of {file} (row 1) is wrong: {rules}. A cohort of known ages has {needed} "
            "and, where you have them, {optional}.",
            file=name,
            rules=together(problems[:ERRORS_SHOWN], CLAUSES),
            needed=REQUIRED,
            optional=OPTIONAL,
        )


def _rules(root: Path) -> Mapping[str, Reader]:
    """How each column's cell is read; a ``ValueError`` is the rule that it breaks."""
    return {
        **rules_of_people(STUDY),
        "photo": lambda cell: photo(root, cell),
        "photo_consent": one_of("", CONSENTS, "no"),
    }


def _of_two_sexes(cells: pd.DataFrame) -> Iterator[Breach]:
    first = cells.groupby("patient_id")["sex"].transform("first")
    for row in cells.index[cells["sex"] != first]:
        yield int(row), clause(int(row), "sex", "", ONE_SEX)
